-- not_null_eval_page_embeddings_embedding
select embedding
from CLICKINTENT.ANALYTICS.eval_page_embeddings
where embedding is null
;
-- not_null_eval_page_embeddings_encoder_version
select encoder_version
from CLICKINTENT.ANALYTICS.eval_page_embeddings
where encoder_version is null
;
-- not_null_eval_page_embeddings_page_key
select page_key
from CLICKINTENT.ANALYTICS.eval_page_embeddings
where page_key is null
;
-- not_null_eval_page_embeddings_text_hash
select text_hash
from CLICKINTENT.ANALYTICS.eval_page_embeddings
where text_hash is null
;
-- unique_eval_page_embeddings_page_key
select
    page_key as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.eval_page_embeddings
where page_key is not null
group by page_key
having count(*) > 1
;
