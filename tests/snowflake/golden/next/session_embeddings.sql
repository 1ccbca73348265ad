alter session set query_tag = 'clickintent'
;
drop table if exists CLICKINTENT.ANALYTICS.SESSION_EMBEDDINGS cascade
;
create or replace   view CLICKINTENT.ANALYTICS.session_embeddings

  copy grants

  as (

with embeddings as (
    select * from CLICKINTENT.ANALYTICS.session_embedding_versions
),

current_version as (
    select version from CLICKINTENT.ANALYTICS.encoder_versions_in_use
    where is_current
),

final as (
    select
        embeddings.session_id,
        embeddings.channel,
        cast(embeddings.embedding as vector(float, 64)) as embedding,
        embeddings.encoder_version,
        embeddings.content_hash,
        embeddings.embedded_at
    from embeddings
    inner join current_version on embeddings.encoder_version = current_version.version
)

select * from final
  )
;
alter session unset query_tag
;
