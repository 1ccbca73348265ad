-- accepted_values_intent_classifier_status__candidate__current__retired
with all_values as (
    select
        status as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.intent_classifier
    group by status
)
select *
from all_values
where value_field not in (
    'candidate','current','retired'
)
;
-- not_null_intent_classifier_config
select config
from CLICKINTENT.ANALYTICS.intent_classifier
where config is null
;
-- not_null_intent_classifier_metrics
select metrics
from CLICKINTENT.ANALYTICS.intent_classifier
where metrics is null
;
-- not_null_intent_classifier_status
select status
from CLICKINTENT.ANALYTICS.intent_classifier
where status is null
;
-- not_null_intent_classifier_trained_at
select trained_at
from CLICKINTENT.ANALYTICS.intent_classifier
where trained_at is null
;
-- not_null_intent_classifier_trained_rows
select trained_rows
from CLICKINTENT.ANALYTICS.intent_classifier
where trained_rows is null
;
-- not_null_intent_classifier_version
select version
from CLICKINTENT.ANALYTICS.intent_classifier
where version is null
;
-- not_null_intent_classifier_weights
select weights
from CLICKINTENT.ANALYTICS.intent_classifier
where weights is null
;
-- unique_intent_classifier_version
select
    version as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.intent_classifier
where version is not null
group by version
having count(*) > 1
;
