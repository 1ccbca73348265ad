{{ config(materialized='view', contract={'enforced': true}) }}
{%- set columns = 'version, status, trained_at, trained_rows, trained_from, trained_to, config, metrics, approved_by, approved_at' %}

with encoders as (
    select * from {{ clickintent.movable(ref('session_encoder')) }}
),

classifiers as (
    select * from {{ clickintent.movable(ref('intent_classifier')) }}
),

final as (
    select 'session_encoder' as model_name, {{ columns }}, status = 'current' as is_current from encoders
    union all
    select 'intent_classifier' as model_name, {{ columns }}, status = 'current' as is_current from classifiers
)

select * from final
