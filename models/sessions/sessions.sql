{{ config(
    materialized='incremental',
    unique_key='session_id',
    on_schema_change='append_new_columns',
    post_hook="{{ clickintent.delete_orphans(['session_id'], ref('session_events')) }}"
) }}

{%- set conversion_events = [var('conversion_events')] if var('conversion_events') is string else var('conversion_events') %}

with digests as (
    select * from {{ ref('session_digests') }}
),

stale as (
    select digests.*
    from digests
    {{ clickintent.keep_stale('digests', also=['updated_at']) }}
),

events as (
    select
        session_events.session_id,
        session_events.event_index,
        session_events.seconds_since_previous,
        session_events.is_entry,
        session_events.is_exit,
        coalesce(event_types.is_page_view, false) as is_page_view,
        stg_events.event_type in ('{{ conversion_events | join("', '") }}') as is_conversion,
        stale.content_hash as session_hash,
        stg_events.*
    from {{ ref('session_events') }} as session_events
    inner join stale on session_events.session_id = stale.session_id
    inner join {{ ref('stg_events') }} as stg_events on session_events.event_id = stg_events.event_id
    left join {{ ref('event_types') }} as event_types on stg_events.event_type = event_types.event_type
),

bot_agents as (
    select agents.user_agent, min(patterns.pattern) as pattern
    from (select distinct user_agent from events where user_agent is not null) as agents
    inner join {{ ref('bot_patterns') }} as patterns on contains(lower(agents.user_agent), patterns.pattern)
    group by 1
),

summarized as (
    select
        session_id,
        any_value(source) as source,
        any_value(site_id) as site_id,
        any_value(channel) as channel,
        any_value(visitor_id) as visitor_id,
        arg_min(customer_id, event_index) filter (where customer_id is not null) as customer_id,
        count(customer_id) as identified_count,
        min(event_at) filter (where customer_id is not null) as identified_at,
        min(event_index) filter (where customer_id is not null) as identified_index,
        min(event_at) as started_at,
        max(event_at) as ended_at,
        count(*) as event_count,
        count(*) filter (where is_page_view) as page_view_count,
        arg_min(page_key, event_index) filter (where page_key is not null) as entry_page,
        arg_max(page_key, event_index) filter (where page_key is not null) as exit_page,
        arg_min(referrer_medium, event_index) as referrer_medium,
        arg_min(utm_source, event_index) filter (where utm_source is not null) as utm_source,
        arg_min(utm_medium, event_index) filter (where utm_medium is not null) as utm_medium,
        arg_min(utm_campaign, event_index) filter (where utm_campaign is not null) as utm_campaign,
        arg_min(device_type, event_index) filter (where device_type is not null) as device_type,
        min(bot_agents.pattern) as bot_pattern,
        median(seconds_since_previous) as median_gap_seconds,
        stddev_pop(seconds_since_previous) as gap_deviation_seconds,
        count(*) filter (where is_conversion) > 0 as is_converted,
        arg_min(event_type, event_index) filter (where is_conversion) as conversion_type,
        min(event_at) filter (where is_conversion) as converted_at,
        any_value(session_hash) as content_hash,
        max(loaded_at) as updated_at
    from events
    left join bot_agents using (user_agent)
    group by 1
),

judged as (
    select
        *,
        case
            when bot_pattern is not null then 'user_agent'
            -- nobody reads thirty pages with half of them under a second
            when event_count >= 30 and median_gap_seconds < 1 then 'rate'
            -- nor keeps to a clock: thirty gaps within a twentieth of their median
            when event_count >= 30 and gap_deviation_seconds < 0.05 * median_gap_seconds then 'regularity'
        end as bot_reason
    from summarized
),

final as (
    select
        session_id,
        source,
        site_id,
        channel,
        visitor_id,
        customer_id,
        case
            when identified_count = 0 then 'anonymous'
            when identified_count = event_count then 'authenticated'
            else 'mixed'
        end as auth_state,
        -- who starts signed in, and signs out, did not log in here
        case when identified_index > 1 then identified_at end as login_at,
        started_at,
        ended_at,
        {{ clickintent.seconds_between('started_at', 'ended_at') }} as duration_seconds,
        event_count,
        page_view_count,
        entry_page,
        exit_page,
        referrer_medium,
        utm_source,
        utm_medium,
        utm_campaign,
        device_type,
        bot_reason is not null as is_bot,
        bot_reason,
        is_converted,
        conversion_type,
        converted_at,
        content_hash,
        updated_at
    from judged
)

select * from final
