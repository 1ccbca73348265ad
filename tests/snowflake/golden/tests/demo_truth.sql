-- not_null_demo_truth_intent_id
select intent_id
from CLICKINTENT.ANALYTICS.demo_truth
where intent_id is null
;
-- not_null_demo_truth_intent_l1
select intent_l1
from CLICKINTENT.ANALYTICS.demo_truth
where intent_l1 is null
;
-- not_null_demo_truth_is_ambiguous
select is_ambiguous
from CLICKINTENT.ANALYTICS.demo_truth
where is_ambiguous is null
;
-- not_null_demo_truth_is_mixed
select is_mixed
from CLICKINTENT.ANALYTICS.demo_truth
where is_mixed is null
;
-- not_null_demo_truth_oracle_intent_id
select oracle_intent_id
from CLICKINTENT.ANALYTICS.demo_truth
where oracle_intent_id is null
;
-- not_null_demo_truth_oracle_intent_l1
select oracle_intent_l1
from CLICKINTENT.ANALYTICS.demo_truth
where oracle_intent_l1 is null
;
-- not_null_demo_truth_session_id
select session_id
from CLICKINTENT.ANALYTICS.demo_truth
where session_id is null
;
-- not_null_demo_truth_simulated_session_id
select simulated_session_id
from CLICKINTENT.ANALYTICS.demo_truth
where simulated_session_id is null
;
-- not_null_demo_truth_simulator_intent
select simulator_intent
from CLICKINTENT.ANALYTICS.demo_truth
where simulator_intent is null
;
-- relationships_demo_truth_session_id__session_id__ref_sessions_
with child as (
    select session_id as from_field
    from CLICKINTENT.ANALYTICS.demo_truth
    where session_id is not null
),
parent as (
    select session_id as to_field
    from CLICKINTENT.ANALYTICS.sessions
)
select
    from_field
from child
left join parent
    on child.from_field = parent.to_field
where parent.to_field is null
;
-- unique_demo_truth_session_id
select
    session_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.demo_truth
where session_id is not null
group by session_id
having count(*) > 1
;
