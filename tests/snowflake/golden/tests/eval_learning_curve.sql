-- not_null_eval_learning_curve_evaluated_at
select evaluated_at
from CLICKINTENT.ANALYTICS.eval_learning_curve
where evaluated_at is null
;
-- not_null_eval_learning_curve_metric
select metric
from CLICKINTENT.ANALYTICS.eval_learning_curve
where metric is null
;
-- not_null_eval_learning_curve_model
select model
from CLICKINTENT.ANALYTICS.eval_learning_curve
where model is null
;
-- not_null_eval_learning_curve_n
select n
from CLICKINTENT.ANALYTICS.eval_learning_curve
where n is null
;
-- not_null_eval_learning_curve_segment
select segment
from CLICKINTENT.ANALYTICS.eval_learning_curve
where segment is null
;
-- not_null_eval_learning_curve_task
select task
from CLICKINTENT.ANALYTICS.eval_learning_curve
where task is null
;
-- not_null_eval_learning_curve_train_n
select train_n
from CLICKINTENT.ANALYTICS.eval_learning_curve
where train_n is null
;
-- not_null_eval_learning_curve_value
select value
from CLICKINTENT.ANALYTICS.eval_learning_curve
where value is null
;
-- unique_together_eval_learning_curve_task__model__segment__metric__train_n
select task, model, segment, metric, train_n, count(*) as row_count
from CLICKINTENT.ANALYTICS.eval_learning_curve
group by task, model, segment, metric, train_n
having count(*) > 1
;
