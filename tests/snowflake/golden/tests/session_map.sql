-- not_null_session_map_content_hash
select content_hash
from CLICKINTENT.ANALYTICS.session_map
where content_hash is null
;
-- not_null_session_map_encoder_version
select encoder_version
from CLICKINTENT.ANALYTICS.session_map
where encoder_version is null
;
-- not_null_session_map_sample_hash
select sample_hash
from CLICKINTENT.ANALYTICS.session_map
where sample_hash is null
;
-- not_null_session_map_session_id
select session_id
from CLICKINTENT.ANALYTICS.session_map
where session_id is null
;
-- not_null_session_map_x
select x
from CLICKINTENT.ANALYTICS.session_map
where x is null
;
-- not_null_session_map_y
select y
from CLICKINTENT.ANALYTICS.session_map
where y is null
;
-- unique_session_map_session_id
select
    session_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.session_map
where session_id is not null
group by session_id
having count(*) > 1
;
