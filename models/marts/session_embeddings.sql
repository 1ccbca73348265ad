{{ config(materialized='view', contract={'enforced': true}) }}

with embeddings as (
    select * from {{ clickintent.movable(ref('session_embedding_versions')) }}
),

current_version as (
    select version from {{ clickintent.movable(ref('encoder_versions_in_use')) }}
    where is_current
),

final as (
    select
        embeddings.session_id,
        embeddings.channel,
        cast(embeddings.embedding as {{ clickintent.embedding_type() }}) as embedding,
        embeddings.encoder_version,
        embeddings.content_hash,
        embeddings.embedded_at
    from embeddings
    inner join current_version on embeddings.encoder_version = current_version.version
)

select * from final
