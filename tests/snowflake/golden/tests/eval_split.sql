-- accepted_values_eval_split_task__history__within_session
with all_values as (
    select
        task as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.eval_split
    group by task
)
select *
from all_values
where value_field not in (
    'history','within_session'
)
;
-- not_null_eval_split_horizon_days
select horizon_days
from CLICKINTENT.ANALYTICS.eval_split
where horizon_days is null
;
-- not_null_eval_split_split_at
select split_at
from CLICKINTENT.ANALYTICS.eval_split
where split_at is null
;
-- not_null_eval_split_task
select task
from CLICKINTENT.ANALYTICS.eval_split
where task is null
;
-- not_null_eval_split_test_from
select test_from
from CLICKINTENT.ANALYTICS.eval_split
where test_from is null
;
-- not_null_eval_split_test_to
select test_to
from CLICKINTENT.ANALYTICS.eval_split
where test_to is null
;
-- not_null_eval_split_train_from
select train_from
from CLICKINTENT.ANALYTICS.eval_split
where train_from is null
;
-- not_null_eval_split_train_to
select train_to
from CLICKINTENT.ANALYTICS.eval_split
where train_to is null
;
-- unique_eval_split_split_at
select
    split_at as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.eval_split
where split_at is not null
group by split_at
having count(*) > 1
;
