-- accepted_values_session_clusters_channel__web__app
with all_values as (
    select
        channel as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.session_clusters
    group by channel
)
select *
from all_values
where value_field not in (
    'web','app'
)
;
-- not_null_session_clusters_centroid
select centroid
from CLICKINTENT.ANALYTICS.session_clusters
where centroid is null
;
-- not_null_session_clusters_channel
select channel
from CLICKINTENT.ANALYTICS.session_clusters
where channel is null
;
-- not_null_session_clusters_cluster_id
select cluster_id
from CLICKINTENT.ANALYTICS.session_clusters
where cluster_id is null
;
-- not_null_session_clusters_cluster_version
select cluster_version
from CLICKINTENT.ANALYTICS.session_clusters
where cluster_version is null
;
-- not_null_session_clusters_encoder_version
select encoder_version
from CLICKINTENT.ANALYTICS.session_clusters
where encoder_version is null
;
-- not_null_session_clusters_fitted_at
select fitted_at
from CLICKINTENT.ANALYTICS.session_clusters
where fitted_at is null
;
-- not_null_session_clusters_sessions
select sessions
from CLICKINTENT.ANALYTICS.session_clusters
where sessions is null
;
-- unique_together_session_clusters_encoder_version__channel__cluster_id
select encoder_version, channel, cluster_id, count(*) as row_count
from CLICKINTENT.ANALYTICS.session_clusters
group by encoder_version, channel, cluster_id
having count(*) > 1
;
