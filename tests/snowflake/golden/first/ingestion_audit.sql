alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.ingestion_audit
    copy grants

    as (
-- depends_on: CLICKINTENT.ANALYTICS.consent_withdrawals

-- counted from three sides, so that they can disagree: rows as they arrived, rows stored, rows whose id another row holds
with arrived as (
    select source, load_batch, event_id, verdict, has_load_time, loaded_at
    from CLICKINTENT.ANALYTICS.source_events as arrivals -- noqa: AL05
    where
        true
),

files as (
    select * from CLICKINTENT.ANALYTICS.batches_to_read
    where file_size is not null
),

stored as (
    select event_id, source, load_batch, true as is_accepted from CLICKINTENT.ANALYTICS.stg_events
    union all
    select event_id, source, load_batch, false as is_accepted from CLICKINTENT.ANALYTICS.quarantined_events
),

held as (
    select
        source,
        load_batch,
        count(case when is_accepted then 1 end) as accepted_count,
        count(case when not is_accepted then 1 end) as quarantined_count
    from stored
    group by source, load_batch
),

ids as (
    select
        source,
        load_batch,
        event_id,
        count(*) as row_count,
        count(case when verdict = 'refused' then 1 end) as refused_count,
        count(case when verdict = 'erased' then 1 end) as erased_count,
        max(case when has_load_time then 1 else 0 end) = 1 as has_load_time,
        min(loaded_at) as loaded_from,
        max(loaded_at) as loaded_to
    from arrived
    group by source, load_batch, event_id
),

batches as (
    select
        source,
        load_batch,
        cast(sum(row_count) as bigint) as row_count,
        cast(sum(refused_count) as bigint) as refused_count,
        cast(sum(erased_count) as bigint) as erased_count,
        max(case when has_load_time then 1 else 0 end) = 1 as has_load_time,
        min(loaded_from) as loaded_from,
        max(loaded_to) as loaded_to
    from ids
    group by source, load_batch
),

-- a row whose id stands nowhere is lost, and counted nowhere
duplicates as (
    select
        ids.source,
        ids.load_batch,
        cast(sum(
            ids.row_count - ids.refused_count - ids.erased_count
            - case when ids.load_batch = stored.load_batch then 1 else 0 end
        ) as bigint) as duplicate_count
    from ids
    inner join stored on ids.event_id = stored.event_id
    where ids.row_count > ids.refused_count + ids.erased_count
    group by ids.source, ids.load_batch
),

counted as (
    select
        coalesce(batches.source, files.source) as source,
        coalesce(batches.load_batch, files.load_batch) as load_batch,
        files.file_size,
        files.file_modified_at,
        coalesce(batches.has_load_time, false) as has_load_time,
        coalesce(batches.row_count, 0) as row_count,
        coalesce(batches.refused_count, 0) as refused_count,
        coalesce(batches.erased_count, 0) as erased_count,
        batches.loaded_from,
        batches.loaded_to
    from batches
    full join files on batches.source = files.source and batches.load_batch = files.load_batch
),

read_now as (
    select
        counted.* exclude (refused_count, erased_count, loaded_from, loaded_to),
        coalesce(held.accepted_count, 0) as accepted_count,
        coalesce(duplicates.duplicate_count, 0) as duplicate_count,
        coalesce(held.quarantined_count, 0) as quarantined_count,
        counted.refused_count,
        counted.erased_count,
        false as is_to_recount,
        counted.loaded_from,
        counted.loaded_to
    from counted
    left join held on counted.source = held.source and counted.load_batch = held.load_batch
    left join duplicates on counted.source = duplicates.source and counted.load_batch = duplicates.load_batch
),

final as (
    select source, load_batch, file_size, file_modified_at, has_load_time, row_count, accepted_count, duplicate_count, quarantined_count, refused_count, erased_count, is_to_recount, loaded_from, loaded_to from read_now
)

select * from final
    )

;
drop table if exists CLICKINTENT.ANALYTICS.ingestion_audit__dbt_tmp cascade
;
alter session unset query_tag
;
