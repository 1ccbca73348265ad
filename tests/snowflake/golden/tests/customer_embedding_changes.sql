-- not_null_customer_embedding_changes_app_session_count
select app_session_count
from CLICKINTENT.ANALYTICS.customer_embedding_changes
where app_session_count is null
;
-- not_null_customer_embedding_changes_customer_id
select customer_id
from CLICKINTENT.ANALYTICS.customer_embedding_changes
where customer_id is null
;
-- not_null_customer_embedding_changes_embedding
select embedding
from CLICKINTENT.ANALYTICS.customer_embedding_changes
where embedding is null
;
-- not_null_customer_embedding_changes_encoder_version
select encoder_version
from CLICKINTENT.ANALYTICS.customer_embedding_changes
where encoder_version is null
;
-- not_null_customer_embedding_changes_history_hash
select history_hash
from CLICKINTENT.ANALYTICS.customer_embedding_changes
where history_hash is null
;
-- not_null_customer_embedding_changes_last_session_at
select last_session_at
from CLICKINTENT.ANALYTICS.customer_embedding_changes
where last_session_at is null
;
-- not_null_customer_embedding_changes_pooling
select pooling
from CLICKINTENT.ANALYTICS.customer_embedding_changes
where pooling is null
;
-- not_null_customer_embedding_changes_session_count
select session_count
from CLICKINTENT.ANALYTICS.customer_embedding_changes
where session_count is null
;
-- not_null_customer_embedding_changes_valid_from
select valid_from
from CLICKINTENT.ANALYTICS.customer_embedding_changes
where valid_from is null
;
-- not_null_customer_embedding_changes_web_session_count
select web_session_count
from CLICKINTENT.ANALYTICS.customer_embedding_changes
where web_session_count is null
;
