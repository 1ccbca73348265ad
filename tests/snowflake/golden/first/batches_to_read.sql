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

final as (
    select files.*, cast(0 as bigint) as missing_count
    from files
)

select * from final
    )

;
alter session unset query_tag
;
