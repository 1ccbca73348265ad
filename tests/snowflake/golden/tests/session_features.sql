-- not_null_session_features_content_hash
select content_hash
from CLICKINTENT.ANALYTICS.session_features
where content_hash is null
;
-- not_null_session_features_page_group_counts
select page_group_counts
from CLICKINTENT.ANALYTICS.session_features
where page_group_counts is null
;
-- not_null_session_features_session_id
select session_id
from CLICKINTENT.ANALYTICS.session_features
where session_id is null
;
-- unique_session_features_session_id
select
    session_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.session_features
where session_id is not null
group by session_id
having count(*) > 1
;
