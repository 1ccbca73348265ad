-- accepted_values_label_sample_reason__sample__uncertain
with all_values as (
    select
        reason as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.label_sample
    group by reason
)
select *
from all_values
where value_field not in (
    'sample','uncertain'
)
;
-- not_null_label_sample_auth_state
select auth_state
from CLICKINTENT.ANALYTICS.label_sample
where auth_state is null
;
-- not_null_label_sample_channel
select channel
from CLICKINTENT.ANALYTICS.label_sample
where channel is null
;
-- not_null_label_sample_cluster_id
select cluster_id
from CLICKINTENT.ANALYTICS.label_sample
where cluster_id is null
;
-- not_null_label_sample_cluster_version
select cluster_version
from CLICKINTENT.ANALYTICS.label_sample
where cluster_version is null
;
-- not_null_label_sample_drawn_at
select drawn_at
from CLICKINTENT.ANALYTICS.label_sample
where drawn_at is null
;
-- not_null_label_sample_length_bucket
select length_bucket
from CLICKINTENT.ANALYTICS.label_sample
where length_bucket is null
;
-- not_null_label_sample_reason
select reason
from CLICKINTENT.ANALYTICS.label_sample
where reason is null
;
-- not_null_label_sample_session_id
select session_id
from CLICKINTENT.ANALYTICS.label_sample
where session_id is null
;
-- not_null_label_sample_weight
select weight
from CLICKINTENT.ANALYTICS.label_sample
where weight is null
;
-- unique_label_sample_session_id
select
    session_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.label_sample
where session_id is not null
group by session_id
having count(*) > 1
;
