-- accepted_values_eval_labels_channel__all__web__app
with all_values as (
    select
        channel as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.eval_labels
    group by channel
)
select *
from all_values
where value_field not in (
    'all','web','app'
)
;
-- accepted_values_eval_labels_metric__accuracy__coverage__accuracy_of_intent
with all_values as (
    select
        metric as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.eval_labels
    group by metric
)
select *
from all_values
where value_field not in (
    'accuracy','coverage','accuracy_of_intent'
)
;
-- accepted_values_eval_labels_task__level_1__level_2
with all_values as (
    select
        task as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.eval_labels
    group by task
)
select *
from all_values
where value_field not in (
    'level_1','level_2'
)
;
-- not_null_eval_labels_channel
select channel
from CLICKINTENT.ANALYTICS.eval_labels
where channel is null
;
-- not_null_eval_labels_evaluated_at
select evaluated_at
from CLICKINTENT.ANALYTICS.eval_labels
where evaluated_at is null
;
-- not_null_eval_labels_metric
select metric
from CLICKINTENT.ANALYTICS.eval_labels
where metric is null
;
-- not_null_eval_labels_model
select model
from CLICKINTENT.ANALYTICS.eval_labels
where model is null
;
-- not_null_eval_labels_n
select n
from CLICKINTENT.ANALYTICS.eval_labels
where n is null
;
-- not_null_eval_labels_task
select task
from CLICKINTENT.ANALYTICS.eval_labels
where task is null
;
-- not_null_eval_labels_value
select value
from CLICKINTENT.ANALYTICS.eval_labels
where value is null
;
-- unique_together_eval_labels_task__model__channel__metric__intent_id
select task, model, channel, metric, intent_id, count(*) as row_count
from CLICKINTENT.ANALYTICS.eval_labels
group by task, model, channel, metric, intent_id
having count(*) > 1
;
