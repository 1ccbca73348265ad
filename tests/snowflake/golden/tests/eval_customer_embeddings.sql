-- not_null_eval_customer_embeddings_app_session_count
select app_session_count
from CLICKINTENT.ANALYTICS.eval_customer_embeddings
where app_session_count is null
;
-- not_null_eval_customer_embeddings_customer_id
select customer_id
from CLICKINTENT.ANALYTICS.eval_customer_embeddings
where customer_id is null
;
-- not_null_eval_customer_embeddings_embedding
select embedding
from CLICKINTENT.ANALYTICS.eval_customer_embeddings
where embedding is null
;
-- not_null_eval_customer_embeddings_encoder_version
select encoder_version
from CLICKINTENT.ANALYTICS.eval_customer_embeddings
where encoder_version is null
;
-- not_null_eval_customer_embeddings_history_hash
select history_hash
from CLICKINTENT.ANALYTICS.eval_customer_embeddings
where history_hash is null
;
-- not_null_eval_customer_embeddings_last_session_at
select last_session_at
from CLICKINTENT.ANALYTICS.eval_customer_embeddings
where last_session_at is null
;
-- not_null_eval_customer_embeddings_pooling
select pooling
from CLICKINTENT.ANALYTICS.eval_customer_embeddings
where pooling is null
;
-- not_null_eval_customer_embeddings_session_count
select session_count
from CLICKINTENT.ANALYTICS.eval_customer_embeddings
where session_count is null
;
-- not_null_eval_customer_embeddings_valid_from
select valid_from
from CLICKINTENT.ANALYTICS.eval_customer_embeddings
where valid_from is null
;
-- not_null_eval_customer_embeddings_web_session_count
select web_session_count
from CLICKINTENT.ANALYTICS.eval_customer_embeddings
where web_session_count is null
;
-- unique_together_eval_customer_embeddings_customer_id__valid_from
select customer_id, valid_from, count(*) as row_count
from CLICKINTENT.ANALYTICS.eval_customer_embeddings
group by customer_id, valid_from
having count(*) > 1
;
