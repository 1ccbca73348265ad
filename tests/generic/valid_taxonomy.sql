{#
    The active part of a taxonomy is a forest of two levels that a person can read: ids unique, names and descriptions
    present, each leaf (level 2) under an active group (level 1), and a number of leaves that a labeler can tell apart.
    Zero rows fail by the number of leaves.
#}
{% test valid_taxonomy(model, min_leaves=2, max_leaves=35) %}
with active as (
    select * from {{ model }}
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
    select 'number of leaves is outside {{ min_leaves }} to {{ max_leaves }}' as problem, cast(null as {{ dbt.type_string() }}) as intent_id
    from (select count(case when level = 2 then 1 end) as leaf_count from active) as counted
    where leaf_count not between {{ min_leaves }} and {{ max_leaves }}
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
{%- if flags.EMPTY %}
where 1 = 0
{%- endif %}
{% endtest %}
