alter session set query_tag = 'clickintent'
;
create or replace   view CLICKINTENT.ANALYTICS.session_intent_scores

  copy grants

  as (

with predictions as (
    select * from CLICKINTENT.ANALYTICS.session_intent_predictions
),

ranked as (
    select
        listed.session_id,
        cast(item.value as varchar) as intent_id,
        cast(get(listed.probabilities, item.index) as float) as probability,
        item.index + 1 as rank
    from predictions as listed
    cross join lateral flatten(input => listed.intent_ids) as item
),

final as (
    select session_id, intent_id, probability, rank from ranked
)

select * from final
  )
;
alter session unset query_tag
;
