-- not_null_page_embeddings_embedding
select embedding
from CLICKINTENT.ANALYTICS.page_embeddings
where embedding is null
;
-- not_null_page_embeddings_encoder_version
select encoder_version
from CLICKINTENT.ANALYTICS.page_embeddings
where encoder_version is null
;
-- not_null_page_embeddings_page_key
select page_key
from CLICKINTENT.ANALYTICS.page_embeddings
where page_key is null
;
-- not_null_page_embeddings_text_hash
select text_hash
from CLICKINTENT.ANALYTICS.page_embeddings
where text_hash is null
;
