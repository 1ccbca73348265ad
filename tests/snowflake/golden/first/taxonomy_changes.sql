alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.taxonomy_changes
    copy grants

    as (with versions as (
    select * from CLICKINTENT.ANALYTICS.taxonomy_versions
),

final as (
    select
        cast(cast(get_path(try_parse_json(to_json(item.value)), 'from_version') as TEXT) as varchar) as from_version,
        cast(cast(get_path(try_parse_json(to_json(item.value)), 'change') as TEXT) as varchar) as change,
        cast(cast(get_path(try_parse_json(to_json(item.value)), 'intent_id') as TEXT) as varchar) as intent_id,
        cast(cast(get_path(try_parse_json(to_json(item.value)), 'into_intent_id') as TEXT) as varchar) as into_intent_id,
        cast(cast(get_path(try_parse_json(to_json(item.value)), 'reason') as TEXT) as varchar) as reason,
        cast(cast(get_path(try_parse_json(to_json(item.value)), 'session_share') as TEXT) as double) as session_share,
        versions.taxonomy_version as to_version
    from versions
    cross join lateral flatten(input => parse_json(versions.changes)) as item
)

select from_version, to_version, change, intent_id, into_intent_id, reason, session_share from final
    )

;
alter session unset query_tag
;
