{{ config(materialized='view', contract={'enforced': true}) }}

with changes as (
    select * from {{ clickintent.movable(ref('customer_embedding_changes')) }}
),

final as (
    select
        customer_id,
        valid_from,
        valid_to,
        cast(embedding as {{ clickintent.embedding_type() }}) as embedding,
        cast(web_embedding as {{ clickintent.embedding_type() }}) as web_embedding,
        cast(app_embedding as {{ clickintent.embedding_type() }}) as app_embedding,
        session_count,
        web_session_count,
        app_session_count,
        last_session_at,
        encoder_version
    from changes
)

select * from final
