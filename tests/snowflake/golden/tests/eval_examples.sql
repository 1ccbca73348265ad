-- accepted_values_eval_examples_side__train__test
with all_values as (
    select
        side as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.eval_examples
    group by side
)
select *
from all_values
where value_field not in (
    'train','test'
)
;
-- not_null_eval_examples_fold
select fold
from CLICKINTENT.ANALYTICS.eval_examples
where fold is null
;
-- not_null_eval_examples_moment
select moment
from CLICKINTENT.ANALYTICS.eval_examples
where moment is null
;
-- not_null_eval_examples_person
select person
from CLICKINTENT.ANALYTICS.eval_examples
where person is null
;
-- not_null_eval_examples_session_id
select session_id
from CLICKINTENT.ANALYTICS.eval_examples
where session_id is null
;
-- not_null_eval_examples_side
select side
from CLICKINTENT.ANALYTICS.eval_examples
where side is null
;
-- not_null_eval_examples_visitor_id
select visitor_id
from CLICKINTENT.ANALYTICS.eval_examples
where visitor_id is null
;
-- not_null_eval_examples_weight
select weight
from CLICKINTENT.ANALYTICS.eval_examples
where weight is null
;
-- not_null_eval_examples_weight_by_outcome
select weight_by_outcome
from CLICKINTENT.ANALYTICS.eval_examples
where weight_by_outcome is null
;
-- unique_eval_examples_session_id
select
    session_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.eval_examples
where session_id is not null
group by session_id
having count(*) > 1
;
