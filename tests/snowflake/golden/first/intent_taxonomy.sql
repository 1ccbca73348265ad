alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.intent_taxonomy
    copy grants

    as (with versions as (
    select * from CLICKINTENT.ANALYTICS.taxonomy_versions
    where status <> 'rejected'
),

intents as (
    select
        versions.taxonomy_version,
        versions.status as version_status,
        versions.source,
        versions.approved_at,
        cast(cast(get_path(try_parse_json(to_json(item.value)), 'intent_id') as TEXT) as varchar) as intent_id,
        cast(cast(get_path(try_parse_json(to_json(item.value)), 'parent_intent_id') as TEXT) as varchar) as parent_intent_id,
        cast(cast(get_path(try_parse_json(to_json(item.value)), 'level') as TEXT) as integer) as level,
        cast(cast(get_path(try_parse_json(to_json(item.value)), 'name') as TEXT) as varchar) as name,
        cast(cast(get_path(try_parse_json(to_json(item.value)), 'description') as TEXT) as varchar) as description,
        cast(cast(get_path(try_parse_json(to_json(item.value)), 'keywords') as TEXT) as varchar) as keywords,
        cast(cast(get_path(try_parse_json(to_json(item.value)), 'web_examples') as TEXT) as varchar) as web_examples,
        cast(cast(get_path(try_parse_json(to_json(item.value)), 'app_examples') as TEXT) as varchar) as app_examples,
        cast(cast(get_path(try_parse_json(to_json(item.value)), 'excludes') as TEXT) as varchar) as excludes,
        cast(cast(get_path(try_parse_json(to_json(item.value)), 'is_sensitive') as TEXT) as boolean) as is_sensitive
    from versions
    cross join lateral flatten(input => parse_json(versions.intents)) as item
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
    from CLICKINTENT.ANALYTICS.taxonomy_changes as changes
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
    )

;
alter session unset query_tag
;
