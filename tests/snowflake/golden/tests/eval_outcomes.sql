-- not_null_eval_outcomes_event_id
select event_id
from CLICKINTENT.ANALYTICS.eval_outcomes
where event_id is null
;
-- not_null_eval_outcomes_form_started_at
select form_started_at
from CLICKINTENT.ANALYTICS.eval_outcomes
where form_started_at is null
;
-- not_null_eval_outcomes_outcome
select outcome
from CLICKINTENT.ANALYTICS.eval_outcomes
where outcome is null
;
-- not_null_eval_outcomes_outcome_at
select outcome_at
from CLICKINTENT.ANALYTICS.eval_outcomes
where outcome_at is null
;
-- not_null_eval_outcomes_person
select person
from CLICKINTENT.ANALYTICS.eval_outcomes
where person is null
;
-- not_null_eval_outcomes_session_id
select session_id
from CLICKINTENT.ANALYTICS.eval_outcomes
where session_id is null
;
-- not_null_eval_outcomes_visitor_id
select visitor_id
from CLICKINTENT.ANALYTICS.eval_outcomes
where visitor_id is null
;
-- unique_eval_outcomes_event_id
select
    event_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.eval_outcomes
where event_id is not null
group by event_id
having count(*) > 1
;
