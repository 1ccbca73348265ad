alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.tile_impressions
    copy grants

    as (select * from (

with stg_events as (
    select * from CLICKINTENT.ANALYTICS.stg_events
    where event_type in ('tile_impression', 'tile_click')
),

session_events as (
    select * from CLICKINTENT.ANALYTICS.session_events
),

sessions as (
    select * from CLICKINTENT.ANALYTICS.sessions
    where not is_bot
),

events as (
    select
        stg_events.event_id,
        cast(get_path(try_parse_json(stg_events.properties), 'impression_id') as TEXT) as impression_id,
        stg_events.page_key
            as tile_id,
        sessions.session_id,
        stg_events.source,
        stg_events.site_id,
        stg_events.channel,
        stg_events.visitor_id,
        stg_events.customer_id,
        stg_events.event_type,
        stg_events.device_type,
        try_cast(cast(get_path(try_parse_json(stg_events.properties), 'position') as TEXT) as integer) as position,
        false as is_randomized,
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
        min(event_at) over (partition by session_id, impression_id) as shown_at,
        first_value(customer_id) over (
            partition by session_id, impression_id order by event_at, event_id rows between unbounded preceding and unbounded following
        ) as shown_to,
        row_number() over (
            partition by session_id, impression_id, tile_id order by event_at, event_id
        ) as telling
    from events
    where event_type = 'tile_impression' and impression_id is not null and tile_id is not null
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
        on shown.source = events.source and shown.site_id = events.site_id and shown.channel = events.channel and shown.visitor_id = events.visitor_id and
        shown.impression_id = events.impression_id and shown.tile_id = events.tile_id
        and shown.shown_at <= events.event_at
        and

    dateadd(
        second,
        1800,
        shown.shown_at
        )

 >= events.event_at
    where shown.telling = 1 and events.event_type = 'tile_click'
    group by 1, 2, 3
),

-- a load may end before the hours that it is of do, and a clock may run ahead of its load
latest as (
    select least(max(loaded_at), max(event_at)) as known_until from CLICKINTENT.ANALYTICS.stg_events
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

    dateadd(
        second,
        1800,
        shown.shown_at
        )

 <= latest.known_until
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
        )
        order by (
            to_date(shown_at)
        )
    )
;

alter table CLICKINTENT.ANALYTICS.tile_impressions cluster by (to_date(shown_at))
;
alter session unset query_tag
;
