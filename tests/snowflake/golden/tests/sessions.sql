-- accepted_values_sessions_auth_state__anonymous__authenticated__mixed
with all_values as (
    select
        auth_state as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.sessions
    group by auth_state
)
select *
from all_values
where value_field not in (
    'anonymous','authenticated','mixed'
)
;
-- accepted_values_sessions_bot_reason__user_agent__rate__regularity
with all_values as (
    select
        bot_reason as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.sessions
    group by bot_reason
)
select *
from all_values
where value_field not in (
    'user_agent','rate','regularity'
)
;
-- accepted_values_sessions_channel__web__app
with all_values as (
    select
        channel as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.sessions
    group by channel
)
select *
from all_values
where value_field not in (
    'web','app'
)
;
-- not_empty_sessions_
select row_count
from (select count(*) as row_count from CLICKINTENT.ANALYTICS.sessions) as counted
where row_count = 0 and True
;
-- not_null_sessions_auth_state
select auth_state
from CLICKINTENT.ANALYTICS.sessions
where auth_state is null
;
-- not_null_sessions_channel
select channel
from CLICKINTENT.ANALYTICS.sessions
where channel is null
;
-- not_null_sessions_content_hash
select content_hash
from CLICKINTENT.ANALYTICS.sessions
where content_hash is null
;
-- not_null_sessions_duration_seconds
select duration_seconds
from CLICKINTENT.ANALYTICS.sessions
where duration_seconds is null
;
-- not_null_sessions_ended_at
select ended_at
from CLICKINTENT.ANALYTICS.sessions
where ended_at is null
;
-- not_null_sessions_event_count
select event_count
from CLICKINTENT.ANALYTICS.sessions
where event_count is null
;
-- not_null_sessions_events_digest
select events_digest
from CLICKINTENT.ANALYTICS.sessions
where events_digest is null
;
-- not_null_sessions_is_bot
select is_bot
from CLICKINTENT.ANALYTICS.sessions
where is_bot is null
;
-- not_null_sessions_is_capped
select is_capped
from CLICKINTENT.ANALYTICS.sessions
where is_capped is null
;
-- not_null_sessions_is_converted
select is_converted
from CLICKINTENT.ANALYTICS.sessions
where is_converted is null
;
-- not_null_sessions_session_id
select session_id
from CLICKINTENT.ANALYTICS.sessions
where session_id is null
;
-- not_null_sessions_site_id
select site_id
from CLICKINTENT.ANALYTICS.sessions
where site_id is null
;
-- not_null_sessions_source
select source
from CLICKINTENT.ANALYTICS.sessions
where source is null
;
-- not_null_sessions_started_at
select started_at
from CLICKINTENT.ANALYTICS.sessions
where started_at is null
;
-- not_null_sessions_updated_at
select updated_at
from CLICKINTENT.ANALYTICS.sessions
where updated_at is null
;
-- not_null_sessions_visitor_id
select visitor_id
from CLICKINTENT.ANALYTICS.sessions
where visitor_id is null
;
-- unique_sessions_session_id
select
    session_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.sessions
where session_id is not null
group by session_id
having count(*) > 1
;
