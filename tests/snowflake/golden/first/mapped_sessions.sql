alter session set query_tag = 'clickintent'
;
create or replace   view CLICKINTENT.ANALYTICS.mapped_sessions

  copy grants

  as (

with session_map as (
    select * from CLICKINTENT.ANALYTICS.session_map
),

sessions as (
    select * from CLICKINTENT.ANALYTICS.sessions
),

session_intents as (
    select * from CLICKINTENT.ANALYTICS.session_intents
),

session_narratives as (
    select * from CLICKINTENT.ANALYTICS.session_narratives
),

final as (
    select
        session_map.session_id,
        session_map.x,
        session_map.y,
        sessions.channel,
        coalesce(sessions.device_type, 'unknown') as device_type,
        sessions.auth_state,
        sessions.is_converted,
        sessions.event_count,
        sessions.duration_seconds,
        session_intents.intent_id,
        session_intents.intent_l1,
        session_intents.runner_up_intent_id,
        cast(session_intents.probability as double) as probability,
        session_intents.is_abstained,
        session_narratives.narrative,
        sessions.started_at
    from session_map
    inner join sessions on session_map.session_id = sessions.session_id
    inner join session_intents on session_map.session_id = session_intents.session_id
    inner join session_narratives on session_map.session_id = session_narratives.session_id
)

select * from final
  )
;
alter session unset query_tag
;
