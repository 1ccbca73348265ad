alter session set query_tag = 'clickintent'
;
drop table if exists CLICKINTENT.ANALYTICS.MODEL_REGISTRY cascade
;
create or replace   view CLICKINTENT.ANALYTICS.model_registry

  copy grants

  as (

with encoders as (
    select * from CLICKINTENT.ANALYTICS.session_encoder
),

classifiers as (
    select * from CLICKINTENT.ANALYTICS.intent_classifier
),

final as (
    select 'session_encoder' as model_name, version, status, trained_at, trained_rows, trained_from, trained_to, config, metrics, approved_by, approved_at, status = 'current' as is_current from encoders
    union all
    select 'intent_classifier' as model_name, version, status, trained_at, trained_rows, trained_from, trained_to, config, metrics, approved_by, approved_at, status = 'current' as is_current from classifiers
)

select * from final
  )
;
alter session unset query_tag
;
