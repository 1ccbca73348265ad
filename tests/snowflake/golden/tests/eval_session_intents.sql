-- not_null_eval_session_intents_classifier_version
select classifier_version
from CLICKINTENT.ANALYTICS.eval_session_intents
where classifier_version is null
;
-- not_null_eval_session_intents_content_hash
select content_hash
from CLICKINTENT.ANALYTICS.eval_session_intents
where content_hash is null
;
-- not_null_eval_session_intents_encoder_version
select encoder_version
from CLICKINTENT.ANALYTICS.eval_session_intents
where encoder_version is null
;
-- not_null_eval_session_intents_intent_id
select intent_id
from CLICKINTENT.ANALYTICS.eval_session_intents
where intent_id is null
;
-- not_null_eval_session_intents_intent_ids
select intent_ids
from CLICKINTENT.ANALYTICS.eval_session_intents
where intent_ids is null
;
-- not_null_eval_session_intents_is_abstained
select is_abstained
from CLICKINTENT.ANALYTICS.eval_session_intents
where is_abstained is null
;
-- not_null_eval_session_intents_probabilities
select probabilities
from CLICKINTENT.ANALYTICS.eval_session_intents
where probabilities is null
;
-- not_null_eval_session_intents_probability
select probability
from CLICKINTENT.ANALYTICS.eval_session_intents
where probability is null
;
-- not_null_eval_session_intents_session_id
select session_id
from CLICKINTENT.ANALYTICS.eval_session_intents
where session_id is null
;
-- not_null_eval_session_intents_taxonomy_version
select taxonomy_version
from CLICKINTENT.ANALYTICS.eval_session_intents
where taxonomy_version is null
;
-- unique_eval_session_intents_session_id
select
    session_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.eval_session_intents
where session_id is not null
group by session_id
having count(*) > 1
;
