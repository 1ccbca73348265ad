with versions as (
    select * from {{ ref('taxonomy_versions') }}
),

final as (
    select
        {{- clickintent.json_columns(clickintent.json_element('item'), {
            'from_version': 'varchar',
            'change': 'varchar',
            'intent_id': 'varchar',
            'into_intent_id': 'varchar',
            'reason': 'varchar',
            'session_share': 'double'
        }) }},
        versions.taxonomy_version as to_version
    from versions
    cross join {{ clickintent.json_elements('versions.changes', 'item') }}
)

select from_version, to_version, change, intent_id, into_intent_id, reason, session_share from final
