{{ config(
    materialized='incremental',
    unique_key='event_id',
    on_schema_change='append_new_columns',
    post_hook="{{ clickintent.delete_orphans(['event_id'], ref('stg_events')) }}"
) }}
{%- set visitor = ['source', 'site_id', 'channel', 'visitor_id'] %}

with recursive events as (
    select event_id, {{ visitor | join(', ') }}, event_at, utm_campaign, content_hash from {{ ref('stg_events') }}
),

{% if is_incremental() %}
known as (
    select * from {{ this }}
),

-- new and changed events, and events that are gone: compared by content, so that a killed run heals at the next
changes as (
    select {{ visitor | join(', ') }}, min(event_at) as first_change_at
    from (
        select {{ visitor | join(', ') }}, event_at from events anti join known using (event_id, content_hash)
        union all
        select {{ visitor | join(', ') }}, event_time as event_at from known anti join events using (event_id, content_hash)
    )
    group by all
),

-- the last session that began before the first change is the first one that can change; strictly before, since a
-- session cut at its event limit shares its first timestamp with the one before it where events tie
boundaries as (
    select
        {%- for column in visitor %}
        changes.{{ column }},
        {%- endfor %}
        coalesce(known.event_time, changes.first_change_at) as from_at,
        coalesce(known.event_id, '') as from_event_id
    from changes
    left join known
        on known.is_entry and known.event_time < changes.first_change_at
        {%- if var('split_on_campaign') %}
        and false -- the campaign in force may be older than the session: the visitor is done again from the start
        {%- endif %}
        {%- for column in visitor %}
        and known.{{ column }} = changes.{{ column }}
        {%- endfor %}
    qualify row_number() over (
        partition by {% for column in visitor %}changes.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
        order by known.event_time desc, known.event_id desc
    ) = 1
),

scope as (
    select events.*
    from events
    inner join boundaries
        on {{ "true" if var('split_on_campaign') else
            "(events.event_at > boundaries.from_at or (events.event_at = boundaries.from_at and events.event_id >= boundaries.from_event_id))" }}
        {%- for column in visitor %}
        and events.{{ column }} = boundaries.{{ column }}
        {%- endfor %}
),
{% else %}
scope as (
    select * from events
),
{% endif %}

{{ clickintent.sessionize('scope', visitor) }},

bounded as (
    select
        sessionized.*,
        {{ clickintent.stable_hash(visitor + ['first_event_id']) }} as session_id,
        row_number() over in_order as event_index,
        {{ clickintent.seconds_between('lag(event_at) over in_order', 'event_at') }} as seconds_since_previous,
        {{ clickintent.seconds_between('event_at', 'lead(event_at) over in_order') }} as dwell_seconds
    from sessionized
    window in_order as (partition by {{ visitor | join(', ') }}, first_event_id order by event_at, event_id)
),

final as (
    select
        event_id,
        session_id,
        {{ visitor | join(', ') }},
        -- the time it was placed by, under another name than the event's own: the two tables are often joined
        event_at as event_time,
        event_index,
        seconds_since_previous,
        dwell_seconds,
        event_index = 1 as is_entry,
        dwell_seconds is null as is_exit,
        content_hash
    from bounded
)

select * from final
{% if is_incremental() %}
-- only rows that differ are written
except all
select * from known
{% endif %}
