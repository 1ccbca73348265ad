{{ config(materialized='view', contract={'enforced': true}) }}

with session_map as (
    select * from {{ clickintent.movable(ref('session_map')) }}
),

scores as (
    select * from {{ clickintent.movable(ref('session_intent_scores')) }}
),

final as (
    select
        scores.session_id,
        scores.rank,
        scores.intent_id,
        cast(scores.probability as double) as probability
    from session_map
    inner join scores on session_map.session_id = scores.session_id
)

select * from final
