-- not_null_customer_embeddings_v1_customer_id
select customer_id
from CLICKINTENT.ANALYTICS.customer_embeddings
where customer_id is null
;
-- not_null_customer_embeddings_v1_embedding
select embedding
from CLICKINTENT.ANALYTICS.customer_embeddings
where embedding is null
;
-- not_null_customer_embeddings_v1_encoder_version
select encoder_version
from CLICKINTENT.ANALYTICS.customer_embeddings
where encoder_version is null
;
-- not_null_customer_embeddings_v1_session_count
select session_count
from CLICKINTENT.ANALYTICS.customer_embeddings
where session_count is null
;
-- not_null_customer_embeddings_v1_valid_from
select valid_from
from CLICKINTENT.ANALYTICS.customer_embeddings
where valid_from is null
;
-- unique_together_customer_embeddings_v1_customer_id__valid_from
select customer_id, valid_from, count(*) as row_count
from CLICKINTENT.ANALYTICS.customer_embeddings
group by customer_id, valid_from
having count(*) > 1
;
