{{ config(materialized='view', contract={'enforced': true}) }}

with session_map as (
    select * from {{ clickintent.movable(ref('session_map')) }}
),

session_events as (
    select * from {{ clickintent.movable(ref('session_events')) }}
),

events as (
    select * from {{ clickintent.movable(ref('stg_events')) }}
),

pages as (
    select * from {{ clickintent.movable(ref('pages')) }}
),

final as (
    select
        session_events.session_id,
        session_events.event_index,
        events.event_type,
        pages.text as page_words,
        session_events.seconds_since_previous,
        session_events.dwell_seconds
    from session_map
    inner join session_events on session_map.session_id = session_events.session_id
    inner join events on session_events.event_id = events.event_id
    left join pages on events.page_key = pages.page_key
)

select * from final
