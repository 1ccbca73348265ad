-- accepted_values_model_registry_model_name__session_encoder__intent_classifier
with all_values as (
    select
        model_name as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.model_registry
    group by model_name
)
select *
from all_values
where value_field not in (
    'session_encoder','intent_classifier'
)
;
-- accepted_values_model_registry_status__candidate__current__retired
with all_values as (
    select
        status as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.model_registry
    group by status
)
select *
from all_values
where value_field not in (
    'candidate','current','retired'
)
;
-- not_null_model_registry_config
select config
from CLICKINTENT.ANALYTICS.model_registry
where config is null
;
-- not_null_model_registry_is_current
select is_current
from CLICKINTENT.ANALYTICS.model_registry
where is_current is null
;
-- not_null_model_registry_metrics
select metrics
from CLICKINTENT.ANALYTICS.model_registry
where metrics is null
;
-- not_null_model_registry_model_name
select model_name
from CLICKINTENT.ANALYTICS.model_registry
where model_name is null
;
-- not_null_model_registry_status
select status
from CLICKINTENT.ANALYTICS.model_registry
where status is null
;
-- not_null_model_registry_trained_at
select trained_at
from CLICKINTENT.ANALYTICS.model_registry
where trained_at is null
;
-- not_null_model_registry_version
select version
from CLICKINTENT.ANALYTICS.model_registry
where version is null
;
-- unique_model_registry_version
select
    version as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.model_registry
where version is not null
group by version
having count(*) > 1
;
