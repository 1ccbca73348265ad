-- accepted_values_session_strata_auth_state__anonymous__authenticated__mixed
with all_values as (
    select
        auth_state as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.session_strata
    group by auth_state
)
select *
from all_values
where value_field not in (
    'anonymous','authenticated','mixed'
)
;
-- accepted_values_session_strata_channel__web__app
with all_values as (
    select
        channel as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.session_strata
    group by channel
)
select *
from all_values
where value_field not in (
    'web','app'
)
;
-- accepted_values_session_strata_length_bucket__short__medium__long
with all_values as (
    select
        length_bucket as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.session_strata
    group by length_bucket
)
select *
from all_values
where value_field not in (
    'short','medium','long'
)
;
-- not_null_session_strata_auth_state
select auth_state
from CLICKINTENT.ANALYTICS.session_strata
where auth_state is null
;
-- not_null_session_strata_channel
select channel
from CLICKINTENT.ANALYTICS.session_strata
where channel is null
;
-- not_null_session_strata_cluster_id
select cluster_id
from CLICKINTENT.ANALYTICS.session_strata
where cluster_id is null
;
-- not_null_session_strata_cluster_version
select cluster_version
from CLICKINTENT.ANALYTICS.session_strata
where cluster_version is null
;
-- not_null_session_strata_content_hash
select content_hash
from CLICKINTENT.ANALYTICS.session_strata
where content_hash is null
;
-- not_null_session_strata_length_bucket
select length_bucket
from CLICKINTENT.ANALYTICS.session_strata
where length_bucket is null
;
-- not_null_session_strata_session_id
select session_id
from CLICKINTENT.ANALYTICS.session_strata
where session_id is null
;
-- unique_session_strata_session_id
select
    session_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.session_strata
where session_id is not null
group by session_id
having count(*) > 1
;
