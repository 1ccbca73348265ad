-- accepted_values_eval_sensitive_metric__auroc__pr_auc__sensitive_share__auroc_gain_over_embedding__pr_auc_gain_over_embedding__macro_f1__masked_page_share__masked_event_share__emptied_session_share
with all_values as (
    select
        metric as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.eval_sensitive
    group by metric
)
select *
from all_values
where value_field not in (
    'auroc','pr_auc','sensitive_share','auroc_gain_over_embedding','pr_auc_gain_over_embedding','macro_f1','masked_page_share','masked_event_share','emptied_session_share'
)
;
-- accepted_values_eval_sensitive_task__session__person__other_intents__masking
with all_values as (
    select
        task as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.eval_sensitive
    group by task
)
select *
from all_values
where value_field not in (
    'session','person','other intents','masking'
)
;
-- not_null_eval_sensitive_encoder_version
select encoder_version
from CLICKINTENT.ANALYTICS.eval_sensitive
where encoder_version is null
;
-- not_null_eval_sensitive_evaluated_at
select evaluated_at
from CLICKINTENT.ANALYTICS.eval_sensitive
where evaluated_at is null
;
-- not_null_eval_sensitive_metric
select metric
from CLICKINTENT.ANALYTICS.eval_sensitive
where metric is null
;
-- not_null_eval_sensitive_model
select model
from CLICKINTENT.ANALYTICS.eval_sensitive
where model is null
;
-- not_null_eval_sensitive_n
select n
from CLICKINTENT.ANALYTICS.eval_sensitive
where n is null
;
-- not_null_eval_sensitive_segment
select segment
from CLICKINTENT.ANALYTICS.eval_sensitive
where segment is null
;
-- not_null_eval_sensitive_split_at
select split_at
from CLICKINTENT.ANALYTICS.eval_sensitive
where split_at is null
;
-- not_null_eval_sensitive_task
select task
from CLICKINTENT.ANALYTICS.eval_sensitive
where task is null
;
-- not_null_eval_sensitive_value
select value
from CLICKINTENT.ANALYTICS.eval_sensitive
where value is null
;
-- unique_together_eval_sensitive_task__model__segment__metric
select task, model, segment, metric, count(*) as row_count
from CLICKINTENT.ANALYTICS.eval_sensitive
group by task, model, segment, metric
having count(*) > 1
;
