-- accepted_values_session_encoder_status__candidate__current__retired
with all_values as (
    select
        status as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.session_encoder
    group by status
)
select *
from all_values
where value_field not in (
    'candidate','current','retired'
)
;
-- not_null_session_encoder_config
select config
from CLICKINTENT.ANALYTICS.session_encoder
where config is null
;
-- not_null_session_encoder_metrics
select metrics
from CLICKINTENT.ANALYTICS.session_encoder
where metrics is null
;
-- not_null_session_encoder_status
select status
from CLICKINTENT.ANALYTICS.session_encoder
where status is null
;
-- not_null_session_encoder_trained_at
select trained_at
from CLICKINTENT.ANALYTICS.session_encoder
where trained_at is null
;
-- not_null_session_encoder_trained_rows
select trained_rows
from CLICKINTENT.ANALYTICS.session_encoder
where trained_rows is null
;
-- not_null_session_encoder_version
select version
from CLICKINTENT.ANALYTICS.session_encoder
where version is null
;
-- not_null_session_encoder_weights
select weights
from CLICKINTENT.ANALYTICS.session_encoder
where weights is null
;
-- unique_session_encoder_version
select
    version as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.session_encoder
where version is not null
group by version
having count(*) > 1
;
