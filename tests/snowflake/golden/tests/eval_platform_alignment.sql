-- accepted_values_eval_platform_alignment_metric__macro_f1_of_web_head__macro_f1_of_app_head__web_head_share__channel_auroc_within_intent__channel_balanced_accuracy_within_intent__neighbours_of_same_intent__neighbours_by_chance
with all_values as (
    select
        metric as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.eval_platform_alignment
    group by metric
)
select *
from all_values
where value_field not in (
    'macro_f1_of_web_head','macro_f1_of_app_head','web_head_share','channel_auroc_within_intent','channel_balanced_accuracy_within_intent','neighbours_of_same_intent','neighbours_by_chance'
)
;
-- accepted_values_eval_platform_alignment_task__level_1__level_2
with all_values as (
    select
        task as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.eval_platform_alignment
    group by task
)
select *
from all_values
where value_field not in (
    'level_1','level_2'
)
;
-- not_null_eval_platform_alignment_encoder_version
select encoder_version
from CLICKINTENT.ANALYTICS.eval_platform_alignment
where encoder_version is null
;
-- not_null_eval_platform_alignment_evaluated_at
select evaluated_at
from CLICKINTENT.ANALYTICS.eval_platform_alignment
where evaluated_at is null
;
-- not_null_eval_platform_alignment_metric
select metric
from CLICKINTENT.ANALYTICS.eval_platform_alignment
where metric is null
;
-- not_null_eval_platform_alignment_model
select model
from CLICKINTENT.ANALYTICS.eval_platform_alignment
where model is null
;
-- not_null_eval_platform_alignment_n
select n
from CLICKINTENT.ANALYTICS.eval_platform_alignment
where n is null
;
-- not_null_eval_platform_alignment_segment
select segment
from CLICKINTENT.ANALYTICS.eval_platform_alignment
where segment is null
;
-- not_null_eval_platform_alignment_split_at
select split_at
from CLICKINTENT.ANALYTICS.eval_platform_alignment
where split_at is null
;
-- not_null_eval_platform_alignment_task
select task
from CLICKINTENT.ANALYTICS.eval_platform_alignment
where task is null
;
-- not_null_eval_platform_alignment_value
select value
from CLICKINTENT.ANALYTICS.eval_platform_alignment
where value is null
;
-- unique_together_eval_platform_alignment_task__model__segment__metric
select task, model, segment, metric, count(*) as row_count
from CLICKINTENT.ANALYTICS.eval_platform_alignment
group by task, model, segment, metric
having count(*) > 1
;
