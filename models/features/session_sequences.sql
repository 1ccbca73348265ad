{{ config(
    materialized='incremental',
    unique_key='session_id',
    on_schema_change='append_new_columns',
    post_hook="{{ clickintent.delete_orphans(['session_id'], ref('sessions')) }}"
) }}
{%- set keep = var('sequence_events') %}

with sessions as (
    select * from {{ ref('sessions') }}
),

stale as (
    select sessions.*
    from sessions
    {{ clickintent.keep_stale('sessions') }}
),

events as (
    select
        session_events.session_id,
        session_events.event_index,
        session_events.dwell_seconds,
        session_events.seconds_since_previous,
        stg_events.event_at,
        stg_events.event_type,
        stg_events.event_value,
        coalesce(stg_events.page_key, '') as page_key
    from {{ ref('session_events') }} as session_events
    inner join stale on session_events.session_id = stale.session_id
    inner join {{ ref('stg_events') }} as stg_events on session_events.event_id = stg_events.event_id
    -- only the last events are read; nothing else of a long session is worth sorting
    where session_events.event_index > stale.event_count - {{ keep }}
),

listed as (
    select
        session_id,
        {{ clickintent.ordered_list('page_key', 'event_index', keep) }} as page_keys,
        {{ clickintent.ordered_list('event_type', 'event_index', keep) }} as event_types,
        {{ clickintent.ordered_list('dwell_seconds', 'event_index', keep) }} as dwell_seconds,
        {{ clickintent.ordered_list('seconds_since_previous', 'event_index', keep) }} as gap_seconds,
        {{ clickintent.ordered_list('cast(hour(event_at) as integer)', 'event_index', keep) }} as hours,
        {{ clickintent.ordered_list('cast(isodow(event_at) - 1 as integer)', 'event_index', keep) }} as weekdays,
        {{ clickintent.ordered_list('event_value', 'event_index', keep) }} as event_values
    from events
    group by 1
),

final as (
    select
        stale.session_id,
        stale.source,
        stale.site_id,
        stale.channel,
        stale.visitor_id,
        stale.device_type,
        stale.referrer_medium,
        stale.started_at,
        listed.* exclude (session_id),
        greatest(stale.event_count - {{ keep }}, 0) as truncated_count,
        stale.is_bot,
        stale.content_hash
    from stale
    inner join listed on stale.session_id = listed.session_id
)

select * from final
