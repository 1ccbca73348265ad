{{ config(materialized='view') }}
{#- a map of more dots is a blot, and the layout takes longer with the square of them #}
{%- set sessions_per_channel = 1000 %}

with embeddings as (
    select * from {{ clickintent.movable(ref('session_embeddings')) }}
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
    from embeddings
),

final as (
    select session_id, channel, embedding, encoder_version, content_hash
    from placed
    where place <= {{ sessions_per_channel }}
)

select * from final
