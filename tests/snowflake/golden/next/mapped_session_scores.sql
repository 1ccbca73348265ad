alter session set query_tag = 'clickintent'
;
drop table if exists CLICKINTENT.ANALYTICS.MAPPED_SESSION_SCORES cascade
;
create or replace   view CLICKINTENT.ANALYTICS.mapped_session_scores

  copy grants

  as (

with session_map as (
    select * from CLICKINTENT.ANALYTICS.session_map
),

scores as (
    select * from CLICKINTENT.ANALYTICS.session_intent_scores
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
  )
;
alter session unset query_tag
;
