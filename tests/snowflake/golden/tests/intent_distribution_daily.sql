-- accepted_values_intent_distribution_daily_v1_auth_state__anonymous__authenticated__mixed
with all_values as (
    select
        auth_state as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.intent_distribution_daily
    group by auth_state
)
select *
from all_values
where value_field not in (
    'anonymous','authenticated','mixed'
)
;
-- accepted_values_intent_distribution_daily_v1_channel__web__app
with all_values as (
    select
        channel as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.intent_distribution_daily
    group by channel
)
select *
from all_values
where value_field not in (
    'web','app'
)
;
-- not_empty_intent_distribution_daily_v1_
select row_count
from (select count(*) as row_count from CLICKINTENT.ANALYTICS.intent_distribution_daily) as counted
where row_count = 0 and True
;
-- not_null_intent_distribution_daily_v1_abstained_sessions
select abstained_sessions
from CLICKINTENT.ANALYTICS.intent_distribution_daily
where abstained_sessions is null
;
-- not_null_intent_distribution_daily_v1_converted_sessions
select converted_sessions
from CLICKINTENT.ANALYTICS.intent_distribution_daily
where converted_sessions is null
;
-- not_null_intent_distribution_daily_v1_day
select day
from CLICKINTENT.ANALYTICS.intent_distribution_daily
where day is null
;
-- not_null_intent_distribution_daily_v1_device_type
select device_type
from CLICKINTENT.ANALYTICS.intent_distribution_daily
where device_type is null
;
-- not_null_intent_distribution_daily_v1_expected_sessions
select expected_sessions
from CLICKINTENT.ANALYTICS.intent_distribution_daily
where expected_sessions is null
;
-- not_null_intent_distribution_daily_v1_intent_id
select intent_id
from CLICKINTENT.ANALYTICS.intent_distribution_daily
where intent_id is null
;
-- not_null_intent_distribution_daily_v1_sessions
select sessions
from CLICKINTENT.ANALYTICS.intent_distribution_daily
where sessions is null
;
-- not_null_intent_distribution_daily_v1_site_id
select site_id
from CLICKINTENT.ANALYTICS.intent_distribution_daily
where site_id is null
;
-- not_null_intent_distribution_daily_v1_source
select source
from CLICKINTENT.ANALYTICS.intent_distribution_daily
where source is null
;
-- not_null_intent_distribution_daily_v1_taxonomy_version
select taxonomy_version
from CLICKINTENT.ANALYTICS.intent_distribution_daily
where taxonomy_version is null
;
-- not_null_intent_distribution_daily_v1_visitors
select visitors
from CLICKINTENT.ANALYTICS.intent_distribution_daily
where visitors is null
;
