{{ config(materialized='view', contract={'enforced': true}) }}

with predictions as (
    select * from {{ clickintent.movable(ref('session_intent_predictions')) }}
),

ranked as (
    {{ clickintent.list_rows(
        'predictions',
        ['session_id'],
        {'intent_id': ('intent_ids', 'varchar'), 'probability': ('probabilities', 'float')},
        'rank'
    ) }}
),

final as (
    select session_id, intent_id, probability, rank from ranked
)

select * from final
