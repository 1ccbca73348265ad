-- accepted_values_taxonomy_versions_source__seed__clusters__llm
with all_values as (
    select
        source as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.taxonomy_versions
    group by source
)
select *
from all_values
where value_field not in (
    'seed','clusters','llm'
)
;
-- accepted_values_taxonomy_versions_status__proposed__current__retired__rejected
with all_values as (
    select
        status as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.taxonomy_versions
    group by status
)
select *
from all_values
where value_field not in (
    'proposed','current','retired','rejected'
)
;
-- not_null_taxonomy_versions_changes
select changes
from CLICKINTENT.ANALYTICS.taxonomy_versions
where changes is null
;
-- not_null_taxonomy_versions_config
select config
from CLICKINTENT.ANALYTICS.taxonomy_versions
where config is null
;
-- not_null_taxonomy_versions_intents
select intents
from CLICKINTENT.ANALYTICS.taxonomy_versions
where intents is null
;
-- not_null_taxonomy_versions_proposed_at
select proposed_at
from CLICKINTENT.ANALYTICS.taxonomy_versions
where proposed_at is null
;
-- not_null_taxonomy_versions_quality
select quality
from CLICKINTENT.ANALYTICS.taxonomy_versions
where quality is null
;
-- not_null_taxonomy_versions_source
select source
from CLICKINTENT.ANALYTICS.taxonomy_versions
where source is null
;
-- not_null_taxonomy_versions_status
select status
from CLICKINTENT.ANALYTICS.taxonomy_versions
where status is null
;
-- not_null_taxonomy_versions_taxonomy_version
select taxonomy_version
from CLICKINTENT.ANALYTICS.taxonomy_versions
where taxonomy_version is null
;
-- relationships_taxonomy_versions_based_on__taxonomy_version__ref_taxonomy_versions_
with child as (
    select based_on as from_field
    from CLICKINTENT.ANALYTICS.taxonomy_versions
    where based_on is not null
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
-- unique_taxonomy_versions_status
select
    status as unique_field,
    count(*) as n_records
from (select * from CLICKINTENT.ANALYTICS.taxonomy_versions where status = 'current') dbt_subquery
where status is not null
group by status
having count(*) > 1
;
-- unique_taxonomy_versions_taxonomy_version
select
    taxonomy_version as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.taxonomy_versions
where taxonomy_version is not null
group by taxonomy_version
having count(*) > 1
;
