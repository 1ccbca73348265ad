{{ config(materialized='view', contract={'enforced': true}) }}

with predictions as (
    select * from {{ clickintent.movable(ref('session_intent_predictions')) }}
),

ranked as (
    select
        session_id,
        unnest(intent_ids) as intent_id,
        unnest(probabilities) as probability,
        generate_subscripts(intent_ids, 1) as rank
    from predictions
),

final as (
    select session_id, intent_id, probability, cast(rank as integer) as rank from ranked
)

select * from final
