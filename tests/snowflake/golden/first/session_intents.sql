alter session set query_tag = 'clickintent'
;
create or replace   view CLICKINTENT.ANALYTICS.session_intents

  copy grants

  as (

with predictions as (
    select
        *,
        cast(intent_ids[0] as varchar) as best_intent_id,
        cast(intent_ids[1] as varchar) as runner_up_intent_id,
        cast(probabilities[0] as float) as best_probability
    from CLICKINTENT.ANALYTICS.session_intent_predictions
),

intents as (
    select * from CLICKINTENT.ANALYTICS.dim_intents
),

final as (
    select
        predictions.session_id,
        predictions.best_intent_id as intent_id,
        intents.intent_l1,
        intents.intent_l2,
        coalesce(predictions.best_probability, 0) as probability,
        predictions.intent_l1_probability,
        predictions.runner_up_intent_id,
        predictions.is_abstained,
        predictions.content_hash,
        predictions.classifier_version,
        predictions.encoder_version,
        predictions.taxonomy_version,
        predictions.scored_at
    from predictions
    left join intents on predictions.best_intent_id = intents.intent_id
)

select * from final
  )
;
alter session unset query_tag
;
