-- accepted_values_session_map_sample_channel__web__app
with all_values as (
    select
        channel as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.session_map_sample
    group by channel
)
select *
from all_values
where value_field not in (
    'web','app'
)
;
-- not_null_session_map_sample_content_hash
select content_hash
from CLICKINTENT.ANALYTICS.session_map_sample
where content_hash is null
;
-- not_null_session_map_sample_embedding
select embedding
from CLICKINTENT.ANALYTICS.session_map_sample
where embedding is null
;
-- not_null_session_map_sample_encoder_version
select encoder_version
from CLICKINTENT.ANALYTICS.session_map_sample
where encoder_version is null
;
-- not_null_session_map_sample_session_id
select session_id
from CLICKINTENT.ANALYTICS.session_map_sample
where session_id is null
;
-- unique_session_map_sample_session_id
select
    session_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.session_map_sample
where session_id is not null
group by session_id
having count(*) > 1
;
