-- accepted_values_session_embedding_versions_channel__web__app
with all_values as (
    select
        channel as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.session_embedding_versions
    group by channel
)
select *
from all_values
where value_field not in (
    'web','app'
)
;
-- not_null_session_embedding_versions_channel
select channel
from CLICKINTENT.ANALYTICS.session_embedding_versions
where channel is null
;
-- not_null_session_embedding_versions_content_hash
select content_hash
from CLICKINTENT.ANALYTICS.session_embedding_versions
where content_hash is null
;
-- not_null_session_embedding_versions_embedded_at
select embedded_at
from CLICKINTENT.ANALYTICS.session_embedding_versions
where embedded_at is null
;
-- not_null_session_embedding_versions_embedding
select embedding
from CLICKINTENT.ANALYTICS.session_embedding_versions
where embedding is null
;
-- not_null_session_embedding_versions_encoder_version
select encoder_version
from CLICKINTENT.ANALYTICS.session_embedding_versions
where encoder_version is null
;
-- not_null_session_embedding_versions_session_id
select session_id
from CLICKINTENT.ANALYTICS.session_embedding_versions
where session_id is null
;
