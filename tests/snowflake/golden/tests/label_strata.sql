-- not_null_label_strata_auth_state
select auth_state
from CLICKINTENT.ANALYTICS.label_strata
where auth_state is null
;
-- not_null_label_strata_channel
select channel
from CLICKINTENT.ANALYTICS.label_strata
where channel is null
;
-- not_null_label_strata_cluster_id
select cluster_id
from CLICKINTENT.ANALYTICS.label_strata
where cluster_id is null
;
-- not_null_label_strata_cluster_version
select cluster_version
from CLICKINTENT.ANALYTICS.label_strata
where cluster_version is null
;
-- not_null_label_strata_fitted_at
select fitted_at
from CLICKINTENT.ANALYTICS.label_strata
where fitted_at is null
;
-- not_null_label_strata_label_share
select label_share
from CLICKINTENT.ANALYTICS.label_strata
where label_share is null
;
-- not_null_label_strata_length_bucket
select length_bucket
from CLICKINTENT.ANALYTICS.label_strata
where length_bucket is null
;
-- not_null_label_strata_rate
select rate
from CLICKINTENT.ANALYTICS.label_strata
where rate is null
;
-- not_null_label_strata_sessions
select sessions
from CLICKINTENT.ANALYTICS.label_strata
where sessions is null
;
-- unique_together_label_strata_cluster_version__channel__cluster_id__auth_state__length_bucket
select cluster_version, channel, cluster_id, auth_state, length_bucket, count(*) as row_count
from CLICKINTENT.ANALYTICS.label_strata
group by cluster_version, channel, cluster_id, auth_state, length_bucket
having count(*) > 1
;
