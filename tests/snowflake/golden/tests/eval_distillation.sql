-- accepted_values_eval_distillation_task__agreement_with_labels__kept_of_teacher_level_1__kept_of_teacher_level_2__calibration__abstention__cost
with all_values as (
    select
        task as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.eval_distillation
    group by task
)
select *
from all_values
where value_field not in (
    'agreement_with_labels','kept_of_teacher_level_1','kept_of_teacher_level_2','calibration','abstention','cost'
)
;
-- not_null_eval_distillation_evaluated_at
select evaluated_at
from CLICKINTENT.ANALYTICS.eval_distillation
where evaluated_at is null
;
-- not_null_eval_distillation_metric
select metric
from CLICKINTENT.ANALYTICS.eval_distillation
where metric is null
;
-- not_null_eval_distillation_model
select model
from CLICKINTENT.ANALYTICS.eval_distillation
where model is null
;
-- not_null_eval_distillation_n
select n
from CLICKINTENT.ANALYTICS.eval_distillation
where n is null
;
-- not_null_eval_distillation_segment
select segment
from CLICKINTENT.ANALYTICS.eval_distillation
where segment is null
;
-- not_null_eval_distillation_task
select task
from CLICKINTENT.ANALYTICS.eval_distillation
where task is null
;
-- not_null_eval_distillation_value
select value
from CLICKINTENT.ANALYTICS.eval_distillation
where value is null
;
-- unique_together_eval_distillation_task__model__segment__metric
select task, model, segment, metric, count(*) as row_count
from CLICKINTENT.ANALYTICS.eval_distillation
group by task, model, segment, metric
having count(*) > 1
;
