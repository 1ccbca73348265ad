-- accepted_values_intent_visitors_channel__web__app
with all_values as (
    select
        channel as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.intent_visitors
    group by channel
)
select *
from all_values
where value_field not in (
    'web','app'
)
;
-- accepted_values_intent_visitors_period__day__week
with all_values as (
    select
        period as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.intent_visitors
    group by period
)
select *
from all_values
where value_field not in (
    'day','week'
)
;
-- not_null_intent_visitors_intent_id
select intent_id
from CLICKINTENT.ANALYTICS.intent_visitors
where intent_id is null
;
-- not_null_intent_visitors_intent_level
select intent_level
from CLICKINTENT.ANALYTICS.intent_visitors
where intent_level is null
;
-- not_null_intent_visitors_period_start
select period_start
from CLICKINTENT.ANALYTICS.intent_visitors
where period_start is null
;
-- not_null_intent_visitors_site_id
select site_id
from CLICKINTENT.ANALYTICS.intent_visitors
where site_id is null
;
-- not_null_intent_visitors_source
select source
from CLICKINTENT.ANALYTICS.intent_visitors
where source is null
;
-- not_null_intent_visitors_visitors
select visitors
from CLICKINTENT.ANALYTICS.intent_visitors
where visitors is null
;
-- unique_together_intent_visitors_period__period_start__source__site_id__channel__intent_level__intent_id
select period, period_start, source, site_id, channel, intent_level, intent_id, count(*) as row_count
from CLICKINTENT.ANALYTICS.intent_visitors
group by period, period_start, source, site_id, channel, intent_level, intent_id
having count(*) > 1
;
