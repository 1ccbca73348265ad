-- accepted_values_eval_stability_metric__neighbours_kept__neighbours_kept_by_chance__adjusted_mutual_information__labelled_by_both_share
with all_values as (
    select
        metric as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.eval_stability
    group by metric
)
select *
from all_values
where value_field not in (
    'neighbours_kept','neighbours_kept_by_chance','adjusted_mutual_information','labelled_by_both_share'
)
;
-- accepted_values_eval_stability_task__neighbours__taxonomy_level_1__taxonomy_level_2
with all_values as (
    select
        task as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.eval_stability
    group by task
)
select *
from all_values
where value_field not in (
    'neighbours','taxonomy, level 1','taxonomy, level 2'
)
;
-- not_null_eval_stability_encoder_version
select encoder_version
from CLICKINTENT.ANALYTICS.eval_stability
where encoder_version is null
;
-- not_null_eval_stability_evaluated_at
select evaluated_at
from CLICKINTENT.ANALYTICS.eval_stability
where evaluated_at is null
;
-- not_null_eval_stability_metric
select metric
from CLICKINTENT.ANALYTICS.eval_stability
where metric is null
;
-- not_null_eval_stability_model
select model
from CLICKINTENT.ANALYTICS.eval_stability
where model is null
;
-- not_null_eval_stability_n
select n
from CLICKINTENT.ANALYTICS.eval_stability
where n is null
;
-- not_null_eval_stability_segment
select segment
from CLICKINTENT.ANALYTICS.eval_stability
where segment is null
;
-- not_null_eval_stability_split_at
select split_at
from CLICKINTENT.ANALYTICS.eval_stability
where split_at is null
;
-- not_null_eval_stability_task
select task
from CLICKINTENT.ANALYTICS.eval_stability
where task is null
;
-- not_null_eval_stability_value
select value
from CLICKINTENT.ANALYTICS.eval_stability
where value is null
;
-- unique_together_eval_stability_task__model__segment__metric
select task, model, segment, metric, count(*) as row_count
from CLICKINTENT.ANALYTICS.eval_stability
group by task, model, segment, metric
having count(*) > 1
;
