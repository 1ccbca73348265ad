{{ config(
    materialized='incremental',
    incremental_strategy='apply_changes',
    unique_key=['event_id', 'event_time'],
    on_schema_change='append_new_columns'
) }}
{%- set visitor = ['source', 'site_id', 'channel', 'visitor_id'] %}
{%- set row_key = 'event_id' if is_incremental() else clickintent.row_key() %}
{%- set events = 'events' if is_incremental() else ref('stg_events') %}

with recursive heartbeat_types as (
    select event_type from {{ ref('event_types') }} where is_heartbeat
),

pages as (
    select page_key, page_hash from {{ ref('pages') }}
),

user_agents as (
    select user_agent, is_bot from {{ ref('user_agents') }}
),

{% if is_incremental() %}
{{ clickintent.touched_blocks(ref('stg_events'), this, ref('pages'), visitor) }},
{% endif %}

{{ clickintent.sessionize(events, visitor, row_key) }},

{{ clickintent.page_presence(events, row_key) }},

-- what is text of a session is made once a session, not once an event
sessions as (
    select
        placed.visitor_number,
        placed.session_number,
        placed.event_at as session_started_at,
        visitors.visitor_hash,
        {{ clickintent.stable_hash([
            'visitors.source', 'visitors.site_id', 'visitors.channel', 'visitors.visitor_id', 'events.event_id'
        ]) }} as session_id
    from placed
    left join visitors on placed.visitor_number = visitors.visitor_number
    left join {{ events }} as events on placed.row_key = events.{{ row_key }}
    where placed.event_number = placed.session_number
),

-- left joins that always find their row: the planner then knows that none of them multiplies rows
final as (
    select
        events.event_id,
        sessions.session_id,
        sessions.visitor_hash,
        events.event_at as event_time,
        events.event_type,
        pages.page_hash,
        events.customer_id,
        events.utm_source,
        events.utm_medium,
        events.utm_campaign,
        events.device_type,
        coalesce(user_agents.is_bot, false) as is_bot_agent,
        placed.is_heartbeat,
        placed.event_number = placed.session_number as is_entry,
        placed.is_exit,
        placed.is_capped,
        placed.event_number - placed.session_number + 1 as event_index,
        case when placed.event_number > placed.session_number then placed.gap_seconds end as seconds_since_previous,
        {{ clickintent.at_most(
            'case when placed.is_heartbeat then null when presence.event_number is not null then presence.dwell_seconds'
            ~ ' when not placed.is_exit then placed.next_seconds end',
            var('max_dwell_seconds')
        ) }} as dwell_seconds,
        -- what a heartbeat reports belongs to the page before it, if there is one
        case
            when presence.event_number is not null then presence.engaged_seconds
            when not placed.is_heartbeat then events.engaged_seconds
        end as engaged_seconds,
        events.event_value,
        {{ clickintent.conversion_type('events') }} as conversion_type,
        placed.block_started_at,
        sessions.session_started_at,
        events.loaded_at,
        events.content_hash
    from {{ events }} as events
    left join placed on events.{{ row_key }} = placed.row_key
    left join sessions
        on placed.visitor_number = sessions.visitor_number and placed.session_number = sessions.session_number
    left join presence
        on placed.visitor_number = presence.visitor_number and placed.event_number = presence.event_number
    left join pages on events.page_key = pages.page_key
    left join user_agents on events.user_agent = user_agents.user_agent
)

{% if is_incremental() -%}
{%- set columns = adapter.get_columns_in_relation(this) | map(attribute='quoted') -%}
, changed as (
    -- only rows that differ are written
    select final.* from final
    left join touched on final.event_id = touched.event_id and final.event_time = touched.event_time
    where
        touched.event_id is null
        {%- for column in columns %}
        or final.{{ column }} is distinct from touched.{{ column }}
        {%- endfor %}
),

gone as (
    select event_id, event_time from gone_events
    where not exists (
        select 1 from events where events.event_id = gone_events.event_id and events.event_at = gone_events.event_time
    )
)

{{ clickintent.final_and_gone(['event_id', 'event_time'], final='changed') }}
{%- else -%}
select * from final
{%- endif %}
