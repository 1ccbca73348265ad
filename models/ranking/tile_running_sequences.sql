{%- set showing = 'partition by session_id, impression_id order by event_index' %}
{%- set to_come = showing ~ ' rows between 1 following and unbounded following' %}

with tile_impressions as (
    select * from {{ ref('tile_impressions') }}
),

placed_events as (
    select * from {{ ref('placed_events') }}
),

sessions as (
    select * from {{ ref('sessions') }}
),

pages as (
    select page_hash, page_key from {{ ref('pages') }}
),

showings as (
    select distinct impression_id, session_id, channel, shown_at from tile_impressions
),

prefixes as (
    select
        showings.impression_id,
        showings.session_id,
        showings.channel,
        showings.shown_at,
        placed_events.event_index,
        placed_events.event_time,
        placed_events.event_type,
        placed_events.page_hash,
        placed_events.device_type,
        placed_events.is_heartbeat,
        placed_events.event_value,
        placed_events.content_hash,
        lead(placed_events.event_time, 1, showings.shown_at) over (
            partition by showings.session_id, showings.impression_id order by placed_events.event_index
        ) as next_time
    from showings
    inner join placed_events
        on showings.session_id = placed_events.session_id
        and showings.shown_at > placed_events.event_time
        {%- if var('running_session') == 'loaded' %}
        and showings.shown_at >= placed_events.loaded_at
        {%- elif var('running_session') != 'live' %}
        {{ exceptions.raise_compiler_error("The var running_session is '" ~ var('running_session') ~ "': it takes 'loaded' and 'live'.") }}
        {%- endif %}
),

-- events that were loaded later may be what holds a session together: what is before a gap was not known to belong
running as (
    select * from (
        select
            *,
            max(case when {{ clickintent.seconds_between('event_time', 'next_time') }} > {{ clickintent.idle_seconds('channel') }}
                then 1 else 0 end) over ({{ showing }} rows between current row and unbounded following) as is_cut_off
        from prefixes
    ) as told
    where is_cut_off = 0
),

-- dwell as it could be told then: `placed_events` knows what came after
timed as (
    select
        *,
        lag(event_time) over ({{ showing }}) as previous_time,
        min(case when not is_heartbeat then event_time end) over ({{ to_come }}) as next_page_time,
        max(event_time) over ({{ to_come }}) as last_time,
        row_number() over (partition by session_id, impression_id order by event_index desc nulls last) as index_from_end
    from running
),

counted as (
    select
        impression_id,
        session_id,
        channel,
        min_by(device_type, case when device_type is not null then event_index end) as device_type,
        count(*) as event_count,
        min(event_index) as first_index,
        -- the events and their order follow from what they are
        cast({{ clickintent.whole_sum('content_hash + coalesce(page_hash, 0)') }} as {{ dbt.type_string() }}) as content_hash
    from timed
    group by impression_id, session_id, channel
),

recent as (
    select
        timed.impression_id,
        timed.session_id,
        timed.event_index,
        coalesce(pages.page_key, '') as page_key,
        timed.event_type,
        {{ clickintent.at_most(
            'case when not timed.is_heartbeat then '
            ~ clickintent.seconds_between('timed.event_time', 'coalesce(timed.next_page_time, timed.last_time)') ~ ' end',
            var('max_dwell_seconds')
        ) }} as dwell_seconds,
        {{ clickintent.seconds_between('timed.previous_time', 'timed.event_time') }} as gap_seconds,
        cast(hour(timed.event_time) as integer) as hour_of_day,
        cast({{ clickintent.week_day('timed.event_time') }} as integer) as week_day,
        timed.event_value
    from timed
    left join pages on timed.page_hash = pages.page_hash
    where timed.index_from_end <= {{ var('sequence_events') }}
),

listed as (
    {{ clickintent.list_columns(
        'recent', ['impression_id', 'session_id'],
        {
            'page_keys': 'page_key', 'event_types': 'event_type', 'dwell_seconds': 'dwell_seconds', 'gap_seconds': 'gap_seconds',
            'hours': 'hour_of_day', 'weekdays': 'week_day', 'event_values': 'event_value'
        },
        'event_index'
    ) | indent(4) }}
),

final as (
    select
        counted.impression_id,
        counted.session_id,
        counted.channel,
        counted.device_type,
        -- the session's first event says it
        case when counted.first_index = 1 then sessions.referrer_medium end as referrer_medium,
        counted.event_count,
        listed.* exclude (impression_id, session_id),
        counted.content_hash
    from counted
    inner join listed on counted.impression_id = listed.impression_id and counted.session_id = listed.session_id
    inner join sessions on counted.session_id = sessions.session_id
)

select * from final
