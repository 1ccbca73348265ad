-- accepted_values_eval_taxonomy_channel__all__web__app
with all_values as (
    select
        channel as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.eval_taxonomy
    group by channel
)
select *
from all_values
where value_field not in (
    'all','web','app'
)
;
-- accepted_values_eval_taxonomy_metric__adjusted_mutual_information__purity
with all_values as (
    select
        metric as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.eval_taxonomy
    group by metric
)
select *
from all_values
where value_field not in (
    'adjusted_mutual_information','purity'
)
;
-- accepted_values_eval_taxonomy_task__level_1__level_2
with all_values as (
    select
        task as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.eval_taxonomy
    group by task
)
select *
from all_values
where value_field not in (
    'level_1','level_2'
)
;
-- not_null_eval_taxonomy_channel
select channel
from CLICKINTENT.ANALYTICS.eval_taxonomy
where channel is null
;
-- not_null_eval_taxonomy_evaluated_at
select evaluated_at
from CLICKINTENT.ANALYTICS.eval_taxonomy
where evaluated_at is null
;
-- not_null_eval_taxonomy_metric
select metric
from CLICKINTENT.ANALYTICS.eval_taxonomy
where metric is null
;
-- not_null_eval_taxonomy_model
select model
from CLICKINTENT.ANALYTICS.eval_taxonomy
where model is null
;
-- not_null_eval_taxonomy_n
select n
from CLICKINTENT.ANALYTICS.eval_taxonomy
where n is null
;
-- not_null_eval_taxonomy_task
select task
from CLICKINTENT.ANALYTICS.eval_taxonomy
where task is null
;
-- not_null_eval_taxonomy_taxonomy_version
select taxonomy_version
from CLICKINTENT.ANALYTICS.eval_taxonomy
where taxonomy_version is null
;
-- not_null_eval_taxonomy_value
select value
from CLICKINTENT.ANALYTICS.eval_taxonomy
where value is null
;
-- unique_together_eval_taxonomy_task__model__channel__metric
select task, model, channel, metric, count(*) as row_count
from CLICKINTENT.ANALYTICS.eval_taxonomy
group by task, model, channel, metric
having count(*) > 1
;
