-- accepted_values_intent_taxonomy_level__False__1__2
with all_values as (
    select
        level as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.intent_taxonomy
    group by level
)
select *
from all_values
where value_field not in (
    1,2
)
;
-- accepted_values_intent_taxonomy_status__active__proposed__retired
with all_values as (
    select
        status as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.intent_taxonomy
    group by status
)
select *
from all_values
where value_field not in (
    'active','proposed','retired'
)
;
-- not_null_intent_taxonomy_description
select description
from CLICKINTENT.ANALYTICS.intent_taxonomy
where description is null
;
-- not_null_intent_taxonomy_intent_id
select intent_id
from CLICKINTENT.ANALYTICS.intent_taxonomy
where intent_id is null
;
-- not_null_intent_taxonomy_is_sensitive
select is_sensitive
from CLICKINTENT.ANALYTICS.intent_taxonomy
where is_sensitive is null
;
-- not_null_intent_taxonomy_level
select level
from CLICKINTENT.ANALYTICS.intent_taxonomy
where level is null
;
-- not_null_intent_taxonomy_name
select name
from CLICKINTENT.ANALYTICS.intent_taxonomy
where name is null
;
-- not_null_intent_taxonomy_source
select source
from CLICKINTENT.ANALYTICS.intent_taxonomy
where source is null
;
-- not_null_intent_taxonomy_status
select status
from CLICKINTENT.ANALYTICS.intent_taxonomy
where status is null
;
-- not_null_intent_taxonomy_taxonomy_version
select taxonomy_version
from CLICKINTENT.ANALYTICS.intent_taxonomy
where taxonomy_version is null
;
-- unique_intent_taxonomy_intent_id
select
    intent_id as unique_field,
    count(*) as n_records
from (select * from CLICKINTENT.ANALYTICS.intent_taxonomy where status <> 'proposed') dbt_subquery
where intent_id is not null
group by intent_id
having count(*) > 1
;
-- unique_together_intent_taxonomy_taxonomy_version__intent_id
select taxonomy_version, intent_id, count(*) as row_count
from CLICKINTENT.ANALYTICS.intent_taxonomy
group by taxonomy_version, intent_id
having count(*) > 1
;
-- valid_taxonomy_intent_taxonomy_
with active as (
    select * from CLICKINTENT.ANALYTICS.intent_taxonomy
    where status = 'active'
),
parents as (
    select distinct intent_id from active
    where level = 1
),
repeated as (
    select 'id is not unique' as problem, intent_id
    from active
    group by intent_id
    having count(*) > 1
),
unnamed as (
    select 'id, name or description is missing' as problem, intent_id
    from active
    where
        coalesce(trim(intent_id), '') = ''
        or coalesce(trim(name), '') = ''
        or coalesce(trim(description), '') = ''
),
misplaced as (
    select 'level is not 1 or 2' as problem, intent_id
    from active
    where level is null or level not in (1, 2)
),
raised as (
    select 'group has a parent' as problem, intent_id
    from active
    where level = 1 and coalesce(trim(parent_intent_id), '') <> ''
),
orphaned as (
    select 'leaf has no active parent' as problem, active.intent_id
    from active
    left join parents on active.parent_intent_id = parents.intent_id
    where active.level = 2 and parents.intent_id is null
),
miscounted as (
    select 'number of leaves is outside 2 to 35' as problem, cast(null as TEXT) as intent_id
    from (select count(case when level = 2 then 1 end) as leaf_count from active) as counted
    where leaf_count not between 2 and 35
),
problems as (
    select * from repeated
    union all
    select * from unnamed
    union all
    select * from misplaced
    union all
    select * from raised
    union all
    select * from orphaned
    union all
    select * from miscounted
)
select * from problems
;
