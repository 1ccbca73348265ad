with versions as (
    select * from {{ ref('taxonomy_versions') }}
    where status <> 'rejected'
),

intents as (
    select
        versions.taxonomy_version,
        versions.status as version_status,
        versions.source,
        versions.approved_at,
        {{- clickintent.json_columns(clickintent.json_element('item'), {
            'intent_id': 'varchar',
            'parent_intent_id': 'varchar',
            'level': 'integer',
            'name': 'varchar',
            'description': 'varchar',
            'keywords': 'varchar',
            'web_examples': 'varchar',
            'app_examples': 'varchar',
            'excludes': 'varchar',
            'is_sensitive': 'boolean'
        }) }}
    from versions
    cross join {{ clickintent.json_elements('versions.intents', 'item') }}
),

active as (
    select *, 'active' as status from intents
    where version_status = 'current'
),

proposed as (
    select *, 'proposed' as status from intents
    where version_status = 'proposed'
),

-- an id that is no longer there stays once, as it last was, so that what was labelled with it can still be read
retired as (
    select *, 'retired' as status from intents
    where version_status = 'retired' and intent_id not in (select intent_id from active)
    qualify row_number() over (partition by intent_id order by approved_at desc nulls last, taxonomy_version asc) = 1
),

went_into as (
    select changes.intent_id, changes.into_intent_id
    from {{ ref('taxonomy_changes') }} as changes
    inner join versions on changes.to_version = versions.taxonomy_version
    where changes.change = 'merge' and versions.status <> 'proposed'
    qualify row_number() over (partition by changes.intent_id order by versions.approved_at desc nulls last, changes.to_version asc) = 1
),

listed as (
    select * from active
    union all
    select * from proposed
    union all
    select * from retired
),

final as (
    select
        listed.taxonomy_version,
        listed.intent_id,
        listed.parent_intent_id,
        listed.level,
        listed.name,
        listed.description,
        nullif(listed.keywords, '') as keywords,
        nullif(listed.web_examples, '') as web_examples,
        nullif(listed.app_examples, '') as app_examples,
        nullif(listed.excludes, '') as excludes,
        listed.status,
        listed.source,
        listed.is_sensitive,
        case when listed.status = 'retired' then went_into.into_intent_id end as into_intent_id
    from listed
    left join went_into on listed.intent_id = went_into.intent_id
)

select * from final
