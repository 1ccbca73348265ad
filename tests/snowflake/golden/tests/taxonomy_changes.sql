-- accepted_values_taxonomy_changes_change__add__rename__describe__merge__split__move__retire
with all_values as (
    select
        change as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.taxonomy_changes
    group by change
)
select *
from all_values
where value_field not in (
    'add','rename','describe','merge','split','move','retire'
)
;
-- not_null_taxonomy_changes_change
select change
from CLICKINTENT.ANALYTICS.taxonomy_changes
where change is null
;
-- not_null_taxonomy_changes_from_version
select from_version
from CLICKINTENT.ANALYTICS.taxonomy_changes
where from_version is null
;
-- not_null_taxonomy_changes_intent_id
select intent_id
from CLICKINTENT.ANALYTICS.taxonomy_changes
where intent_id is null
;
-- not_null_taxonomy_changes_reason
select reason
from CLICKINTENT.ANALYTICS.taxonomy_changes
where reason is null
;
-- not_null_taxonomy_changes_to_version
select to_version
from CLICKINTENT.ANALYTICS.taxonomy_changes
where to_version is null
;
-- relationships_taxonomy_changes_to_version__taxonomy_version__ref_taxonomy_versions_
with child as (
    select to_version as from_field
    from CLICKINTENT.ANALYTICS.taxonomy_changes
    where to_version is not null
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
-- unique_together_taxonomy_changes_from_version__to_version__change__intent_id__into_intent_id
select from_version, to_version, change, intent_id, into_intent_id, count(*) as row_count
from CLICKINTENT.ANALYTICS.taxonomy_changes
group by from_version, to_version, change, intent_id, into_intent_id
having count(*) > 1
;
