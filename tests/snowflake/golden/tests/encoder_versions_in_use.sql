-- not_null_encoder_versions_in_use_is_current
select is_current
from CLICKINTENT.ANALYTICS.encoder_versions_in_use
where is_current is null
;
-- not_null_encoder_versions_in_use_version
select version
from CLICKINTENT.ANALYTICS.encoder_versions_in_use
where version is null
;
-- unique_encoder_versions_in_use_version
select
    version as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.encoder_versions_in_use
where version is not null
group by version
having count(*) > 1
;
