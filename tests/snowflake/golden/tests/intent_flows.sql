-- accepted_values_intent_flows_from_channel__web__app
with all_values as (
    select
        from_channel as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.intent_flows
    group by from_channel
)
select *
from all_values
where value_field not in (
    'web','app'
)
;
-- accepted_values_intent_flows_to_channel__web__app
with all_values as (
    select
        to_channel as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.intent_flows
    group by to_channel
)
select *
from all_values
where value_field not in (
    'web','app'
)
;
-- not_null_intent_flows_converted_transitions
select converted_transitions
from CLICKINTENT.ANALYTICS.intent_flows
where converted_transitions is null
;
-- not_null_intent_flows_days_between
select days_between
from CLICKINTENT.ANALYTICS.intent_flows
where days_between is null
;
-- not_null_intent_flows_from_intent_l1
select from_intent_l1
from CLICKINTENT.ANALYTICS.intent_flows
where from_intent_l1 is null
;
-- not_null_intent_flows_to_intent_l1
select to_intent_l1
from CLICKINTENT.ANALYTICS.intent_flows
where to_intent_l1 is null
;
-- not_null_intent_flows_transitions
select transitions
from CLICKINTENT.ANALYTICS.intent_flows
where transitions is null
;
-- not_null_intent_flows_week
select week
from CLICKINTENT.ANALYTICS.intent_flows
where week is null
;
-- unique_together_intent_flows_week__from_channel__from_intent_l1__to_channel__to_intent_l1
select week, from_channel, from_intent_l1, to_channel, to_intent_l1, count(*) as row_count
from CLICKINTENT.ANALYTICS.intent_flows
group by week, from_channel, from_intent_l1, to_channel, to_intent_l1
having count(*) > 1
;
