{{ config(materialized='view') }}
{#- a map of more dots is a blot, and the layout takes longer with the square of them #}
{%- set sessions_per_channel = 1000 %}

with embeddings as (
    select * from {{ clickintent.movable(ref('session_embeddings')) }}
),

session_intents as (
    select * from {{ clickintent.movable(ref('session_intents')) }}
),

intents as (
    select * from {{ clickintent.movable(ref('dim_intents')) }}
),

-- one by one, sessions are shown to whoever opens the dashboard
shown as (
    select embeddings.*
    from embeddings
    left join session_intents on embeddings.session_id = session_intents.session_id
    left join intents on session_intents.intent_id = intents.intent_id
    {{ clickintent.leave_out_sensitive_intents('coalesce(intents.is_sensitive, false)') }}
),

-- session ids are hashes: by their last digits, since the label sample is drawn by the first
placed as (
    select
        session_id,
        channel,
        embedding,
        encoder_version,
        content_hash,
        row_number() over (partition by channel order by right(session_id, 8), session_id) as place
    from shown
),

final as (
    select session_id, channel, embedding, encoder_version, content_hash
    from placed
    where place <= {{ sessions_per_channel }}
)

select * from final
