-- accepted_values_eval_conversion_task__converts__which_of_converts__which_outcome
with all_values as (
    select
        task as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.eval_conversion
    group by task
)
select *
from all_values
where value_field not in (
    'converts','which_of_converts','which_outcome'
)
;
-- not_null_eval_conversion_evaluated_at
select evaluated_at
from CLICKINTENT.ANALYTICS.eval_conversion
where evaluated_at is null
;
-- not_null_eval_conversion_metric
select metric
from CLICKINTENT.ANALYTICS.eval_conversion
where metric is null
;
-- not_null_eval_conversion_model
select model
from CLICKINTENT.ANALYTICS.eval_conversion
where model is null
;
-- not_null_eval_conversion_n
select n
from CLICKINTENT.ANALYTICS.eval_conversion
where n is null
;
-- not_null_eval_conversion_segment
select segment
from CLICKINTENT.ANALYTICS.eval_conversion
where segment is null
;
-- not_null_eval_conversion_split_at
select split_at
from CLICKINTENT.ANALYTICS.eval_conversion
where split_at is null
;
-- not_null_eval_conversion_task
select task
from CLICKINTENT.ANALYTICS.eval_conversion
where task is null
;
-- not_null_eval_conversion_value
select value
from CLICKINTENT.ANALYTICS.eval_conversion
where value is null
;
-- unique_together_eval_conversion_task__model__segment__metric
select task, model, segment, metric, count(*) as row_count
from CLICKINTENT.ANALYTICS.eval_conversion
group by task, model, segment, metric
having count(*) > 1
;
