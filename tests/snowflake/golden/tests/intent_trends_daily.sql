-- accepted_values_intent_trends_daily_auth_state__anonymous__authenticated__mixed
with all_values as (
    select
        auth_state as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.intent_trends_daily
    group by auth_state
)
select *
from all_values
where value_field not in (
    'anonymous','authenticated','mixed'
)
;
-- accepted_values_intent_trends_daily_channel__web__app
with all_values as (
    select
        channel as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.intent_trends_daily
    group by channel
)
select *
from all_values
where value_field not in (
    'web','app'
)
;
-- not_null_intent_trends_daily_abstained_sessions
select abstained_sessions
from CLICKINTENT.ANALYTICS.intent_trends_daily
where abstained_sessions is null
;
-- not_null_intent_trends_daily_campaign
select campaign
from CLICKINTENT.ANALYTICS.intent_trends_daily
where campaign is null
;
-- not_null_intent_trends_daily_converted_sessions
select converted_sessions
from CLICKINTENT.ANALYTICS.intent_trends_daily
where converted_sessions is null
;
-- not_null_intent_trends_daily_day
select day
from CLICKINTENT.ANALYTICS.intent_trends_daily
where day is null
;
-- not_null_intent_trends_daily_device_type
select device_type
from CLICKINTENT.ANALYTICS.intent_trends_daily
where device_type is null
;
-- not_null_intent_trends_daily_expected_sessions
select expected_sessions
from CLICKINTENT.ANALYTICS.intent_trends_daily
where expected_sessions is null
;
-- not_null_intent_trends_daily_intent_id
select intent_id
from CLICKINTENT.ANALYTICS.intent_trends_daily
where intent_id is null
;
-- not_null_intent_trends_daily_sessions
select sessions
from CLICKINTENT.ANALYTICS.intent_trends_daily
where sessions is null
;
-- not_null_intent_trends_daily_site_id
select site_id
from CLICKINTENT.ANALYTICS.intent_trends_daily
where site_id is null
;
-- not_null_intent_trends_daily_source
select source
from CLICKINTENT.ANALYTICS.intent_trends_daily
where source is null
;
-- unique_together_intent_trends_daily_day__source__site_id__channel__auth_state__device_type__campaign__intent_id
select day, source, site_id, channel, auth_state, device_type, campaign, intent_id, count(*) as row_count
from CLICKINTENT.ANALYTICS.intent_trends_daily
group by day, source, site_id, channel, auth_state, device_type, campaign, intent_id
having count(*) > 1
;
