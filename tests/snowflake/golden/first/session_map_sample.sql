alter session set query_tag = 'clickintent'
;
create or replace   view CLICKINTENT.ANALYTICS.session_map_sample

  copy grants

  as (

with embeddings as (
    select * from CLICKINTENT.ANALYTICS.session_embeddings
),

session_intents as (
    select * from CLICKINTENT.ANALYTICS.session_intents
),

intents as (
    select * from CLICKINTENT.ANALYTICS.dim_intents
),

-- one by one, sessions are shown to whoever opens the dashboard
shown as (
    select embeddings.*
    from embeddings
    left join session_intents on embeddings.session_id = session_intents.session_id
    left join intents on session_intents.intent_id = intents.intent_id
    where not coalesce(intents.is_sensitive, false)
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
    where place <= 1000
)

select * from final
  )
;
alter session unset query_tag
;
