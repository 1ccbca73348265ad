alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.dim_intents

  (
    intent_id varchar,
    intent_l1 varchar,
    intent_l2 varchar,
    intent_name varchar,
    intent_group_name varchar,
    description varchar,
    keywords varchar,
    is_sensitive boolean,
    source varchar,
    taxonomy_version varchar

    )

    copy grants

    as (
    select intent_id, intent_l1, intent_l2, intent_name, intent_group_name, description, keywords, is_sensitive, source, taxonomy_version
    from (

with taxonomy as (
    select * from CLICKINTENT.ANALYTICS.intent_taxonomy
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
    ) as model_subq
    )

;
alter session unset query_tag
;
