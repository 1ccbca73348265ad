-- not_null_eval_session_embeddings_channel
select channel
from CLICKINTENT.ANALYTICS.eval_session_embeddings
where channel is null
;
-- not_null_eval_session_embeddings_content_hash
select content_hash
from CLICKINTENT.ANALYTICS.eval_session_embeddings
where content_hash is null
;
-- not_null_eval_session_embeddings_embedded_at
select embedded_at
from CLICKINTENT.ANALYTICS.eval_session_embeddings
where embedded_at is null
;
-- not_null_eval_session_embeddings_embedding
select embedding
from CLICKINTENT.ANALYTICS.eval_session_embeddings
where embedding is null
;
-- not_null_eval_session_embeddings_encoder_version
select encoder_version
from CLICKINTENT.ANALYTICS.eval_session_embeddings
where encoder_version is null
;
-- not_null_eval_session_embeddings_session_id
select session_id
from CLICKINTENT.ANALYTICS.eval_session_embeddings
where session_id is null
;
-- unique_eval_session_embeddings_session_id
select
    session_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.eval_session_embeddings
where session_id is not null
group by session_id
having count(*) > 1
;
