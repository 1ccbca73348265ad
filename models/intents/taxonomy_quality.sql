with versions as (
    select * from {{ ref('taxonomy_versions') }}
),

final as (
    select
        versions.taxonomy_version,
        {{- clickintent.json_columns(clickintent.json_element('item'), {
            'metric': 'varchar',
            'intent_id': 'varchar',
            'value': 'double',
            'low': 'double',
            'high': 'double',
            'n': 'bigint'
        }) }}
    from versions
    cross join {{ clickintent.json_elements('versions.quality', 'item') }}
)

select * from final
