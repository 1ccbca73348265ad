-- not_null_demo_truth_events_event_id
select event_id
from CLICKINTENT.ANALYTICS.demo_truth_events
where event_id is null
;
-- not_null_demo_truth_events_intent
select intent
from CLICKINTENT.ANALYTICS.demo_truth_events
where intent is null
;
-- not_null_demo_truth_events_is_ambiguous
select is_ambiguous
from CLICKINTENT.ANALYTICS.demo_truth_events
where is_ambiguous is null
;
-- not_null_demo_truth_events_is_mixed
select is_mixed
from CLICKINTENT.ANALYTICS.demo_truth_events
where is_mixed is null
;
-- not_null_demo_truth_events_oracle_intent
select oracle_intent
from CLICKINTENT.ANALYTICS.demo_truth_events
where oracle_intent is null
;
-- not_null_demo_truth_events_simulated_session_id
select simulated_session_id
from CLICKINTENT.ANALYTICS.demo_truth_events
where simulated_session_id is null
;
-- not_null_demo_truth_events_simulation
select simulation
from CLICKINTENT.ANALYTICS.demo_truth_events
where simulation is null
;
-- unique_demo_truth_events_event_id
select
    event_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.demo_truth_events
where event_id is not null
group by event_id
having count(*) > 1
;
