{%- set keep = var('sequence_events') %}

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
        lead(placed_events.event_time, 1, showings.shown_at) over later as next_time
    from showings
    inner join placed_events
        on showings.session_id = placed_events.session_id
        and showings.shown_at > placed_events.event_time
        {%- if var('running_session') == 'loaded' %}
        and showings.shown_at >= placed_events.loaded_at
        {%- elif var('running_session') != 'live' %}
        {{ exceptions.raise_compiler_error("The var running_session is '" ~ var('running_session') ~ "': it takes 'loaded' and 'live'.") }}
        {%- endif %}
    window later as (partition by showings.session_id, showings.impression_id order by placed_events.event_index)
),

-- events that were loaded later may be what holds a session together: what is before a gap was not known to belong
running as (
    select * from (
        select
            *,
            max(case when {{ clickintent.seconds_between('event_time', 'next_time') }} > {{ clickintent.idle_seconds('channel') }}
                then 1 else 0 end) over (
                partition by session_id, impression_id order by event_index rows between current row and unbounded following
            ) as is_cut_off
        from prefixes
    ) as told
    where is_cut_off = 0
),

-- dwell as it could be told then: `placed_events` knows what came after
timed as (
    select
        *,
        lag(event_time) over so_far as previous_time,
        min(case when not is_heartbeat then event_time end) over to_come as next_page_time,
        max(event_time) over to_come as last_time
    from running
    window
        so_far as (partition by session_id, impression_id order by event_index),
        to_come as (
            partition by session_id, impression_id order by event_index rows between 1 following and unbounded following
        )
),

listed as (
    select
        timed.impression_id,
        timed.session_id,
        timed.channel,
        min_by(timed.device_type, case when timed.device_type is not null then timed.event_index end) as device_type,
        count(*) as event_count,
        min(timed.event_index) as first_index,
        {{ clickintent.ordered_rows({
            'event_index': 'timed.event_index',
            'page_key': "coalesce(pages.page_key, '')",
            'event_type': 'timed.event_type',
            'dwell': clickintent.at_most(
                'case when not timed.is_heartbeat then '
                ~ clickintent.seconds_between('timed.event_time', 'coalesce(timed.next_page_time, timed.last_time)') ~ ' end',
                var('max_dwell_seconds')
            ),
            'gap': clickintent.seconds_between('timed.previous_time', 'timed.event_time'),
            'hour': 'cast(hour(timed.event_time) as integer)',
            'weekday': 'cast(isodow(timed.event_time) - 1 as integer)',
            'event_value': 'timed.event_value'
        }, keep) }} as events,
        -- the events and their order follow from what they are
        cast(cast(sum(timed.content_hash + coalesce(timed.page_hash, 0)) as decimal(38, 0)) as {{ dbt.type_string() }})
            as content_hash
    from timed
    left join pages on timed.page_hash = pages.page_hash
    group by timed.impression_id, timed.session_id, timed.channel
),

final as (
    select
        listed.impression_id,
        listed.session_id,
        listed.channel,
        listed.device_type,
        -- the session's first event says it
        case when listed.first_index = 1 then sessions.referrer_medium end as referrer_medium,
        listed.event_count,
        {%- for column, field in {
            'page_keys': 'page_key', 'event_types': 'event_type', 'dwell_seconds': 'dwell', 'gap_seconds': 'gap',
            'hours': 'hour', 'weekdays': 'weekday', 'event_values': 'event_value'
        }.items() %}
        {{ clickintent.list_of('listed.events', 'event.' ~ field) }} as {{ column }},
        {%- endfor %}
        listed.content_hash
    from listed
    inner join sessions on listed.session_id = sessions.session_id
)

select * from final
