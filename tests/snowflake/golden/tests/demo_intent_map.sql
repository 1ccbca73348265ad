-- not_null_demo_intent_map_intent_id
select intent_id
from CLICKINTENT.ANALYTICS.demo_intent_map
where intent_id is null
;
-- not_null_demo_intent_map_simulator_intent
select simulator_intent
from CLICKINTENT.ANALYTICS.demo_intent_map
where simulator_intent is null
;
-- relationships_demo_intent_map_intent_id__intent_id__ref_taxonomy_
with child as (
    select intent_id as from_field
    from CLICKINTENT.ANALYTICS.demo_intent_map
    where intent_id is not null
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
-- unique_demo_intent_map_simulator_intent
select
    simulator_intent as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.demo_intent_map
where simulator_intent is not null
group by simulator_intent
having count(*) > 1
;
