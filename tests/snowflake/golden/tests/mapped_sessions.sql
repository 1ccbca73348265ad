-- accepted_values_mapped_sessions_channel__web__app
with all_values as (
    select
        channel as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.mapped_sessions
    group by channel
)
select *
from all_values
where value_field not in (
    'web','app'
)
;
-- not_null_mapped_sessions_auth_state
select auth_state
from CLICKINTENT.ANALYTICS.mapped_sessions
where auth_state is null
;
-- not_null_mapped_sessions_device_type
select device_type
from CLICKINTENT.ANALYTICS.mapped_sessions
where device_type is null
;
-- not_null_mapped_sessions_duration_seconds
select duration_seconds
from CLICKINTENT.ANALYTICS.mapped_sessions
where duration_seconds is null
;
-- not_null_mapped_sessions_event_count
select event_count
from CLICKINTENT.ANALYTICS.mapped_sessions
where event_count is null
;
-- not_null_mapped_sessions_is_abstained
select is_abstained
from CLICKINTENT.ANALYTICS.mapped_sessions
where is_abstained is null
;
-- not_null_mapped_sessions_is_converted
select is_converted
from CLICKINTENT.ANALYTICS.mapped_sessions
where is_converted is null
;
-- not_null_mapped_sessions_narrative
select narrative
from CLICKINTENT.ANALYTICS.mapped_sessions
where narrative is null
;
-- not_null_mapped_sessions_probability
select probability
from CLICKINTENT.ANALYTICS.mapped_sessions
where probability is null
;
-- not_null_mapped_sessions_session_id
select session_id
from CLICKINTENT.ANALYTICS.mapped_sessions
where session_id is null
;
-- not_null_mapped_sessions_started_at
select started_at
from CLICKINTENT.ANALYTICS.mapped_sessions
where started_at is null
;
-- not_null_mapped_sessions_x
select x
from CLICKINTENT.ANALYTICS.mapped_sessions
where x is null
;
-- not_null_mapped_sessions_y
select y
from CLICKINTENT.ANALYTICS.mapped_sessions
where y is null
;
-- unique_mapped_sessions_session_id
select
    session_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.mapped_sessions
where session_id is not null
group by session_id
having count(*) > 1
;
