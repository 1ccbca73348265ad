-- accepted_values_eval_encoder_status__current__retired
with all_values as (
    select
        status as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.eval_encoder
    group by status
)
select *
from all_values
where value_field not in (
    'current','retired'
)
;
-- not_null_eval_encoder_config
select config
from CLICKINTENT.ANALYTICS.eval_encoder
where config is null
;
-- not_null_eval_encoder_metrics
select metrics
from CLICKINTENT.ANALYTICS.eval_encoder
where metrics is null
;
-- not_null_eval_encoder_status
select status
from CLICKINTENT.ANALYTICS.eval_encoder
where status is null
;
-- not_null_eval_encoder_trained_at
select trained_at
from CLICKINTENT.ANALYTICS.eval_encoder
where trained_at is null
;
-- not_null_eval_encoder_trained_rows
select trained_rows
from CLICKINTENT.ANALYTICS.eval_encoder
where trained_rows is null
;
-- not_null_eval_encoder_version
select version
from CLICKINTENT.ANALYTICS.eval_encoder
where version is null
;
-- not_null_eval_encoder_weights
select weights
from CLICKINTENT.ANALYTICS.eval_encoder
where weights is null
;
-- unique_eval_encoder_version
select
    version as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.eval_encoder
where version is not null
group by version
having count(*) > 1
;
