alter session set query_tag = 'clickintent'
;
create or replace   view CLICKINTENT.ANALYTICS.session_map_sample

  copy grants

  as (

with embeddings as (
    select * from CLICKINTENT.ANALYTICS.session_embeddings
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
    where place <= 1000
)

select * from final
  )
;
alter session unset query_tag
;
