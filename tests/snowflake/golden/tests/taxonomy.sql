-- accepted_values_taxonomy_level__False__1__2
with all_values as (
    select
        level as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.taxonomy
    group by level
)
select *
from all_values
where value_field not in (
    1,2
)
;
-- not_null_taxonomy_description
select description
from CLICKINTENT.ANALYTICS.taxonomy
where description is null
;
-- not_null_taxonomy_intent_id
select intent_id
from CLICKINTENT.ANALYTICS.taxonomy
where intent_id is null
;
-- not_null_taxonomy_is_sensitive
select is_sensitive
from CLICKINTENT.ANALYTICS.taxonomy
where is_sensitive is null
;
-- not_null_taxonomy_level
select level
from CLICKINTENT.ANALYTICS.taxonomy
where level is null
;
-- not_null_taxonomy_name
select name
from CLICKINTENT.ANALYTICS.taxonomy
where name is null
;
-- relationships_taxonomy_parent_intent_id__intent_id__ref_taxonomy_
with child as (
    select parent_intent_id as from_field
    from (select * from CLICKINTENT.ANALYTICS.taxonomy where parent_intent_id is not null) dbt_subquery
    where parent_intent_id is not null
),
parent as (
    select intent_id as to_field
    from CLICKINTENT.ANALYTICS.taxonomy
)
select
    from_field
from child
left join parent
    on child.from_field = parent.to_field
where parent.to_field is null
;
-- unique_taxonomy_intent_id
select
    intent_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.taxonomy
where intent_id is not null
group by intent_id
having count(*) > 1
;
