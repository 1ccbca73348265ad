{%- set types = [clickintent.tile_setting('impression'), clickintent.tile_setting('click')] %}
{%- set visitor = ['source', 'site_id', 'channel', 'visitor_id'] %}
{%- set showing = 'partition by session_id, impression_id' %}

with stg_events as (
    select * from {{ ref('stg_events') }}
    where event_type in ('{{ types | join("', '") }}')
),

session_events as (
    select * from {{ ref('session_events') }}
),

sessions as (
    select * from {{ ref('sessions') }}
    where not is_bot
),

events as (
    select
        stg_events.event_id,
        {{ clickintent.tile_property('stg_events.properties', 'impression_id') }} as impression_id,
        {{ clickintent.tile_property('stg_events.properties', 'tile_id') if clickintent.tile_setting('tile_id') else 'stg_events.page_key' }}
            as tile_id,
        sessions.session_id,
        {% for column in visitor %}stg_events.{{ column }},
        {% endfor -%}
        stg_events.customer_id,
        stg_events.event_type,
        stg_events.device_type,
        try_cast({{ clickintent.tile_property('stg_events.properties', 'position') }} as integer) as position,
        {{ clickintent.is_randomized_tile('stg_events.properties') }} as is_randomized,
        stg_events.event_at,
        stg_events.loaded_at
    from stg_events
    inner join session_events on stg_events.event_id = session_events.event_id
    inner join sessions on session_events.session_id = sessions.session_id
),

-- told once a session: an app that draws its screen again shows nothing new
shown as (
    select
        *,
        -- all tiles of an impression are ranked at one moment, and for one customer
        min(event_at) over ({{ showing }}) as shown_at,
        first_value(customer_id) over (
            {{ showing }} order by event_at, event_id rows between unbounded preceding and unbounded following
        ) as shown_to,
        row_number() over (
            partition by session_id, impression_id, tile_id order by event_at, event_id
        ) as telling
    from events
    where event_type = '{{ types[0] }}' and impression_id is not null and tile_id is not null
),

clicks as (
    select
        shown.session_id,
        shown.impression_id,
        shown.tile_id,
        min(events.event_at) as clicked_at,
        min(events.loaded_at) as click_loaded_at
    from shown
    inner join events
        on {% for column in visitor %}shown.{{ column }} = events.{{ column }} and {% endfor %}
        shown.impression_id = events.impression_id and shown.tile_id = events.tile_id
        and shown.shown_at <= events.event_at
        and {{ clickintent.days_later('shown.shown_at', clickintent.tile_setting('click_minutes') / 1440) }} >= events.event_at
    where shown.telling = 1 and events.event_type = '{{ types[1] }}'
    group by 1, 2, 3
),

-- a load may end before the hours that it is of do, and a clock may run ahead of its load
latest as (
    select least(max(loaded_at), max(event_at)) as known_until from {{ ref('stg_events') }}
),

final as (
    select
        shown.impression_id,
        shown.tile_id,
        shown.session_id,
        shown.shown_to as customer_id,
        shown.channel,
        shown.device_type,
        shown.position,
        shown.is_randomized,
        clicks.clicked_at is not null as is_clicked,
        {{ clickintent.days_later('shown.shown_at', clickintent.tile_setting('click_minutes') / 1440) }} <= latest.known_until
            as is_click_time_over,
        shown.shown_at,
        shown.loaded_at,
        clicks.clicked_at,
        clicks.click_loaded_at
    from shown
    cross join latest
    left join clicks
        on shown.session_id = clicks.session_id
        and shown.impression_id = clicks.impression_id and shown.tile_id = clicks.tile_id
    where shown.telling = 1
)

select * from final
