alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.load_windows
    copy grants

    as (

-- told once, before anything is read: every model of this build takes the same rows. The audit is written after all of
-- them, so that its newest load is one that each of them has seen, whatever was killed since.
with newest as (
    select source, max(loaded_to) as loaded_to
    from CLICKINTENT.ANALYTICS.INGESTION_AUDIT
    -- a load time ahead of the clock is a broken one
    where has_load_time and loaded_to <= cast('2026-07-01 00:00:00' as timestamp)
    group by source
),

final as (
    select source, date_trunc('day',

    dateadd(
        hour,
        -72,
        loaded_to
        )

) as read_from
    from newest
)

select * from final
    )

;
alter session unset query_tag
;
