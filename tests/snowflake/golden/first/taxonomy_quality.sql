alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.taxonomy_quality
    copy grants

    as (with versions as (
    select * from CLICKINTENT.ANALYTICS.taxonomy_versions
),

final as (
    select
        versions.taxonomy_version,
        cast(cast(get_path(try_parse_json(to_json(item.value)), 'metric') as TEXT) as varchar) as metric,
        cast(cast(get_path(try_parse_json(to_json(item.value)), 'intent_id') as TEXT) as varchar) as intent_id,
        cast(cast(get_path(try_parse_json(to_json(item.value)), 'value') as TEXT) as double) as value,
        cast(cast(get_path(try_parse_json(to_json(item.value)), 'low') as TEXT) as double) as low,
        cast(cast(get_path(try_parse_json(to_json(item.value)), 'high') as TEXT) as double) as high,
        cast(cast(get_path(try_parse_json(to_json(item.value)), 'n') as TEXT) as bigint) as n
    from versions
    cross join lateral flatten(input => parse_json(versions.quality)) as item
)

select * from final
    )

;
alter session unset query_tag
;
