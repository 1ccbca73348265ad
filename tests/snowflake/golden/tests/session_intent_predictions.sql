-- not_null_session_intent_predictions_classifier_version
select classifier_version
from CLICKINTENT.ANALYTICS.session_intent_predictions
where classifier_version is null
;
-- not_null_session_intent_predictions_content_hash
select content_hash
from CLICKINTENT.ANALYTICS.session_intent_predictions
where content_hash is null
;
-- not_null_session_intent_predictions_encoder_version
select encoder_version
from CLICKINTENT.ANALYTICS.session_intent_predictions
where encoder_version is null
;
-- not_null_session_intent_predictions_intent_ids
select intent_ids
from CLICKINTENT.ANALYTICS.session_intent_predictions
where intent_ids is null
;
-- not_null_session_intent_predictions_intent_l1_probability
select intent_l1_probability
from CLICKINTENT.ANALYTICS.session_intent_predictions
where intent_l1_probability is null
;
-- not_null_session_intent_predictions_is_abstained
select is_abstained
from CLICKINTENT.ANALYTICS.session_intent_predictions
where is_abstained is null
;
-- not_null_session_intent_predictions_probabilities
select probabilities
from CLICKINTENT.ANALYTICS.session_intent_predictions
where probabilities is null
;
-- not_null_session_intent_predictions_scored_at
select scored_at
from CLICKINTENT.ANALYTICS.session_intent_predictions
where scored_at is null
;
-- not_null_session_intent_predictions_session_id
select session_id
from CLICKINTENT.ANALYTICS.session_intent_predictions
where session_id is null
;
-- not_null_session_intent_predictions_taxonomy_version
select taxonomy_version
from CLICKINTENT.ANALYTICS.session_intent_predictions
where taxonomy_version is null
;
-- unique_session_intent_predictions_session_id
select
    session_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.session_intent_predictions
where session_id is not null
group by session_id
having count(*) > 1
;
