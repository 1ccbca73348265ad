alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.batches_to_read
    copy grants

    as (

-- listed once: every model of this build reads the same files, and the audit knows them as they were before they were read
with files as (
    select
            cast(null as TEXT) as source,
            cast(null as TEXT) as load_batch,
            cast(null as bigint) as file_size,
            cast(null as timestamp) as file_modified_at
        where 1 = 0
),

stored as (

        select source, load_batch from CLICKINTENT.ANALYTICS.STG_EVENTS
        union all
        select source, load_batch from CLICKINTENT.ANALYTICS.QUARANTINED_EVENTS
),

held as (
    select source, load_batch, count(*) as held_count
    from stored
    group by source, load_batch
),

-- rows that a killed build moved, or that somebody deleted, since the audit counted them
accounts as (
    select
        audit.source,
        audit.load_batch,
        audit.file_size,
        audit.file_modified_at,
        coalesce(
            audit.row_count
            = audit.accepted_count + audit.duplicate_count + audit.quarantined_count + audit.refused_count + audit.erased_count,
            false
        ) as is_balanced,
        audit.is_to_recount,
        audit.accepted_count + audit.quarantined_count - coalesce(held.held_count, 0) as missing_count
    from CLICKINTENT.ANALYTICS.INGESTION_AUDIT as audit
    left join held on audit.source = held.source and audit.load_batch = held.load_batch
),

final as (
    select
        coalesce(files.source, accounts.source) as source,
        coalesce(files.load_batch, accounts.load_batch) as load_batch,
        files.file_size,
        files.file_modified_at,
        coalesce(accounts.missing_count, 0) as missing_count
    from files
    full join accounts on files.source = accounts.source and files.load_batch = accounts.load_batch
    where
        accounts.missing_count <> 0
        or not accounts.is_balanced
        or accounts.is_to_recount
        or files.load_batch is not null
        and (
            files.file_size is distinct from accounts.file_size
            or files.file_modified_at is distinct from accounts.file_modified_at
        )
)

select * from final
    )

;
alter session unset query_tag
;
