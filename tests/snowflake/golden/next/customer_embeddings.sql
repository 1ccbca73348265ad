alter session set query_tag = 'clickintent'
;
drop table if exists CLICKINTENT.ANALYTICS.CUSTOMER_EMBEDDINGS cascade
;
create or replace   view CLICKINTENT.ANALYTICS.customer_embeddings

  copy grants

  as (

with changes as (
    select * from CLICKINTENT.ANALYTICS.customer_embedding_changes
),

final as (
    select
        customer_id,
        valid_from,
        valid_to,
        cast(embedding as vector(float, 64)) as embedding,
        cast(web_embedding as vector(float, 64)) as web_embedding,
        cast(app_embedding as vector(float, 64)) as app_embedding,
        session_count,
        web_session_count,
        app_session_count,
        last_session_at,
        encoder_version
    from changes
)

select * from final
  )
;
alter session unset query_tag
;
