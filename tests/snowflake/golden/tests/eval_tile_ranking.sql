-- accepted_values_eval_tile_ranking_task__click
with all_values as (
    select
        task as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.eval_tile_ranking
    group by task
)
select *
from all_values
where value_field not in (
    'click'
)
;
-- not_null_eval_tile_ranking_evaluated_at
select evaluated_at
from CLICKINTENT.ANALYTICS.eval_tile_ranking
where evaluated_at is null
;
-- not_null_eval_tile_ranking_metric
select metric
from CLICKINTENT.ANALYTICS.eval_tile_ranking
where metric is null
;
-- not_null_eval_tile_ranking_model
select model
from CLICKINTENT.ANALYTICS.eval_tile_ranking
where model is null
;
-- not_null_eval_tile_ranking_n
select n
from CLICKINTENT.ANALYTICS.eval_tile_ranking
where n is null
;
-- not_null_eval_tile_ranking_segment
select segment
from CLICKINTENT.ANALYTICS.eval_tile_ranking
where segment is null
;
-- not_null_eval_tile_ranking_split_at
select split_at
from CLICKINTENT.ANALYTICS.eval_tile_ranking
where split_at is null
;
-- not_null_eval_tile_ranking_task
select task
from CLICKINTENT.ANALYTICS.eval_tile_ranking
where task is null
;
-- not_null_eval_tile_ranking_value
select value
from CLICKINTENT.ANALYTICS.eval_tile_ranking
where value is null
;
-- unique_together_eval_tile_ranking_task__model__segment__metric
select task, model, segment, metric, count(*) as row_count
from CLICKINTENT.ANALYTICS.eval_tile_ranking
group by task, model, segment, metric
having count(*) > 1
;
