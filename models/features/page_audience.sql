{{ config(materialized='view') }}

with {{ clickintent.session_people() }},

pages as (
    select page_key, text, title_hash from {{ clickintent.movable(ref('pages')) }}
),

placed as (
    select event_id, session_id from {{ clickintent.movable(ref('placed_events')) }}
    where page_hash is not null
),

events as (
    select event_id, page_key, page_title from {{ clickintent.movable(ref('stg_events')) }}
    where page_key is not null
),

looks as (
    select distinct events.page_key, events.page_title, session_people.person
    from events
    inner join placed on events.event_id = placed.event_id
    inner join session_people on placed.session_id = session_people.session_id
),

-- who saw the page under a title that says something else has not seen these words
seen as (
    select pages.text, looks.person
    from pages
    inner join looks
        on pages.page_key = looks.page_key
        and (pages.title_hash is null or pages.title_hash = {{ clickintent.title_hash('looks.page_title') }})
),

-- pages that read alike are one page to whoever reads their words
counted as (
    select text, count(distinct person) as people_count
    from seen
    group by text
),

final as (
    select
        pages.page_key,
        pages.text,
        coalesce(counted.people_count, 0) as people_count,
        {{ clickintent.is_seen_by_enough('coalesce(counted.people_count, 0)') }} as is_known
    from pages
    left join counted on pages.text = counted.text
)

select * from final
