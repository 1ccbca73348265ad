alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.quarantined_events
    copy grants

    as (

with arrived as (
    select * from CLICKINTENT.ANALYTICS.source_events as arrivals -- noqa: AL05
    where
        verdict = 'quarantined'

),

accepted as (
    select event_id from CLICKINTENT.ANALYTICS.stg_events
),

-- a correction carries the id of the row it corrects: the corrected row leaves the quarantine
uncorrected as (
    select arrived.*
    from arrived
    left join accepted on arrived.event_id = accepted.event_id
    where accepted.event_id is null
    qualify row_number() over (
        partition by arrived.event_id order by loaded_at, content_hash, load_batch, has_load_time desc nulls last, reason, raw
    ) = 1
),

final as (
    select
        uncorrected.event_id,
        uncorrected.source,
        uncorrected.raw,
        uncorrected.reason,
        uncorrected.loaded_at,
        uncorrected.has_load_time,
        uncorrected.load_batch,
        uncorrected.content_hash
    from uncorrected

)

select * from final
    )

;
drop table if exists CLICKINTENT.ANALYTICS.quarantined_events__dbt_tmp cascade
;
delete from CLICKINTENT.ANALYTICS.quarantined_events where event_id in (select event_id from CLICKINTENT.ANALYTICS.stg_events)
;
alter session unset query_tag
;
