-- accepted_values_intent_truth_judge__people__simulator
with all_values as (
    select
        judge as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.intent_truth
    group by judge
)
select *
from all_values
where value_field not in (
    'people','simulator'
)
;
-- not_null_intent_truth_intent_id
select intent_id
from CLICKINTENT.ANALYTICS.intent_truth
where intent_id is null
;
-- not_null_intent_truth_judge
select judge
from CLICKINTENT.ANALYTICS.intent_truth
where judge is null
;
-- not_null_intent_truth_session_id
select session_id
from CLICKINTENT.ANALYTICS.intent_truth
where session_id is null
;
-- unique_together_intent_truth_session_id__judge
select session_id, judge, count(*) as row_count
from CLICKINTENT.ANALYTICS.intent_truth
group by session_id, judge
having count(*) > 1
;
