{{ config(
    materialized='incremental',
    incremental_strategy='apply_changes',
    unique_key=['session_id', 'started_at'],
    on_schema_change='append_new_columns'
) }}
{%- set keep = var('sequence_events') %}

with {{ clickintent.stale_sessions() }},

{{ clickintent.event_lists(keep) }},

final as (
    select
        session_id,
        source,
        site_id,
        channel,
        visitor_id,
        device_type,
        referrer_medium,
        started_at,
        page_keys,
        event_types,
        dwell_seconds,
        gap_seconds,
        hours,
        weekdays,
        event_values,
        greatest(event_count - {{ keep }}, 0) as truncated_count,
        is_bot,
        content_hash
    from sequences
)

{{ clickintent.final_and_gone(['session_id', 'started_at']) }}
