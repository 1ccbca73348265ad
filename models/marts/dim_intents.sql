{{ config(contract={'enforced': true}) }}

with taxonomy as (
    select * from {{ ref('intent_taxonomy') }}
    where status = 'active'
),

leaves as (
    select * from taxonomy
    where level = 2
),

groups as (
    select * from taxonomy
    where level = 1
),

final as (
    select
        leaves.intent_id,
        groups.intent_id as intent_l1,
        leaves.intent_id as intent_l2,
        leaves.name as intent_name,
        groups.name as intent_group_name,
        leaves.description,
        leaves.keywords,
        leaves.is_sensitive,
        leaves.source,
        leaves.taxonomy_version
    from leaves
    inner join groups on leaves.parent_intent_id = groups.intent_id
)

select * from final
