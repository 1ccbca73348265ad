-- not_null_taxonomy_quality_metric
select metric
from CLICKINTENT.ANALYTICS.taxonomy_quality
where metric is null
;
-- not_null_taxonomy_quality_n
select n
from CLICKINTENT.ANALYTICS.taxonomy_quality
where n is null
;
-- not_null_taxonomy_quality_taxonomy_version
select taxonomy_version
from CLICKINTENT.ANALYTICS.taxonomy_quality
where taxonomy_version is null
;
-- not_null_taxonomy_quality_value
select value
from CLICKINTENT.ANALYTICS.taxonomy_quality
where value is null
;
-- relationships_taxonomy_quality_taxonomy_version__taxonomy_version__ref_taxonomy_versions_
with child as (
    select taxonomy_version as from_field
    from CLICKINTENT.ANALYTICS.taxonomy_quality
    where taxonomy_version is not null
),
parent as (
    select taxonomy_version as to_field
    from CLICKINTENT.ANALYTICS.taxonomy_versions
)
select
    from_field
from child
left join parent
    on child.from_field = parent.to_field
where parent.to_field is null
;
-- unique_together_taxonomy_quality_taxonomy_version__metric__intent_id
select taxonomy_version, metric, intent_id, count(*) as row_count
from CLICKINTENT.ANALYTICS.taxonomy_quality
group by taxonomy_version, metric, intent_id
having count(*) > 1
;
