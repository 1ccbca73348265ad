{{ config(materialized='ephemeral') }}
-- What a session is made of, in one hash: its events in order and the text of their pages, which the encoder reads.
-- No table holds it under this name: `sessions.content_hash` does.
with session_events as (
    select * from {{ ref('session_events') }}
),

events as (
    select event_id, page_key, loaded_at from {{ ref('stg_events') }}
),

pages as (
    select page_key, md5(text || page_group) as page_hash from {{ ref('pages') }}
),

final as (
    select
        session_events.session_id,
        md5(string_agg(
            session_events.content_hash || coalesce(pages.page_hash, ''), '' order by session_events.event_index
        )) as content_hash,
        -- an earlier load of the same content changes when a session was last touched, and nothing else
        max(events.loaded_at) as updated_at
    from session_events
    inner join events on session_events.event_id = events.event_id
    left join pages on events.page_key = pages.page_key
    group by 1
)

select * from final
