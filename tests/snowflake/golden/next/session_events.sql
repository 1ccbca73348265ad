alter session set query_tag = 'clickintent'
;
drop table if exists CLICKINTENT.ANALYTICS.SESSION_EVENTS cascade
;
create or replace   view CLICKINTENT.ANALYTICS.session_events

  copy grants

  as (

with placed as (
    select * from CLICKINTENT.ANALYTICS.placed_events
),

final as (
    select
        event_id,
        session_id,
        event_time,
        event_index,
        seconds_since_previous,
        dwell_seconds,
        engaged_seconds,
        is_entry,
        is_exit
    from placed
)

select * from final
  )
;
alter session unset query_tag
;
