alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.quarantine_reasons

  (
    source varchar,
    reason varchar,
    day date,
    events bigint

    )

    copy grants

    as (
    select source, reason, day, events
    from (

with quarantined as (
    select * from CLICKINTENT.ANALYTICS.quarantined_events
),

final as (
    select
        source,
        reason,
        cast(convert_timezone('UTC', 'UTC', loaded_at) as date) as day,
        count(*) as events
    from quarantined
    group by source, reason, day
)

select * from final
    ) as model_subq
    )

;
alter session unset query_tag
;
