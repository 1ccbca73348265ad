alter session set query_tag = 'clickintent'
;
drop table if exists CLICKINTENT.ANALYTICS.PAGE_AUDIENCE cascade
;
create or replace   view CLICKINTENT.ANALYTICS.page_audience

  copy grants

  as (

with human_sessions as (
    select session_id, source, site_id, channel, visitor_id, customer_id from CLICKINTENT.ANALYTICS.sessions
    where not is_bot
),

device_customers as (
    select source, site_id, channel, visitor_id, min(customer_id) as customer_id
    from CLICKINTENT.ANALYTICS.customer_sightings
    group by source, site_id, channel, visitor_id
),

session_people as (
    select
        human_sessions.session_id,
        case
            when coalesce(human_sessions.customer_id, device_customers.customer_id) is not null
                then to_number(left(md5(coalesce(human_sessions.customer_id, device_customers.customer_id)), 15), 'XXXXXXXXXXXXXXX')
            else to_number(left(md5(
        coalesce(cast(human_sessions.source as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(human_sessions.site_id as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(human_sessions.channel as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(human_sessions.visitor_id as TEXT), chr(30))), 15), 'XXXXXXXXXXXXXXX')
        end as person
    from human_sessions
    left join device_customers
        on human_sessions.source = device_customers.source and human_sessions.site_id = device_customers.site_id and human_sessions.channel = device_customers.channel and human_sessions.visitor_id = device_customers.visitor_id
),

pages as (
    select page_key, text, title_hash from CLICKINTENT.ANALYTICS.pages
),

placed as (
    select event_id, session_id from CLICKINTENT.ANALYTICS.placed_events
    where page_hash is not null
),

events as (
    select event_id, page_key, page_title from CLICKINTENT.ANALYTICS.stg_events
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
        and (pages.title_hash is null or pages.title_hash = to_number(left(md5(lower(regexp_replace(looks.page_title, '[|][^|]*$', ''))), 15), 'XXXXXXXXXXXXXXX'))
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
        coalesce(counted.people_count, 0) >= 20 as is_known
    from pages
    left join counted on pages.text = counted.text
)

select * from final
  )
;
alter session unset query_tag
;
