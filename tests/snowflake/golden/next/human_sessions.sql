alter session set query_tag = 'clickintent'
;
drop table if exists CLICKINTENT.ANALYTICS.HUMAN_SESSIONS cascade
;
create or replace   view CLICKINTENT.ANALYTICS.human_sessions

  copy grants

  as (

with sessions as (
    select * from CLICKINTENT.ANALYTICS.sessions
    where not is_bot
),

session_intents as (
    select * from CLICKINTENT.ANALYTICS.session_intents
),

first_labels as (
    select * from CLICKINTENT.ANALYTICS.session_labels
    where rank = 1 and status in ('ok', 'abstained')
),

joined as (
    select
        sessions.*,
        session_intents.intent_id,
        session_intents.intent_l1,
        session_intents.is_abstained,
        first_labels.status as label_status,
        first_labels.intent_id as label_intent_id
    from sessions
    inner join session_intents on sessions.session_id = session_intents.session_id
    left join first_labels on sessions.session_id = first_labels.session_id
),

final as (
    select
        session_id,
        visitor_id,
        source,
        site_id,
        channel,
        auth_state,
        coalesce(device_type, 'unknown') as device_type,
        coalesce(referrer_medium, 'unknown') as referrer_medium,
        coalesce(utm_campaign, 'none') as utm_campaign,
        coalesce(intent_id, 'none') as intent_id,
        coalesce(intent_l1, 'none') as intent_l1,
        is_abstained,
        is_converted,
        label_status is not null as is_labelled,
        coalesce(label_status = 'ok', false) as has_label,
        -- only where both have something to say
        case when label_status = 'ok' and not is_abstained then label_intent_id = intent_id end as agrees_with_label,
        event_count,
        duration_seconds,
        conversion_value,
        started_at,
        cast(convert_timezone('UTC', 'UTC', started_at) as date) as session_day
    from joined
)

select * from final
  )
;
alter session unset query_tag
;
