alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.session_stages
    copy grants

    as (with sessions as (
    select * from CLICKINTENT.ANALYTICS.sessions
    where not is_bot
),

signs as (
    select * from CLICKINTENT.ANALYTICS.journey_stages
),

events as (
    select event_id, event_type, page_key from CLICKINTENT.ANALYTICS.stg_events
),

session_events as (
    select event_id, session_id from CLICKINTENT.ANALYTICS.session_events
),

-- once a page, not once an event; blanks at both ends, so that only whole words match
pages as (
    select page_key, ' ' || trim(lower(regexp_replace(regexp_replace(regexp_replace(regexp_replace(page_key, '([a-zß-öø-ÿ0-9])([A-ZÀ-ÖØ-Þ])', '\\1 \\2'), '([A-ZÀ-ÖØ-Þ])([A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]{2})', '\\1 \\2'), ':[a-z]+', ' '), '[^A-Za-zªµºÀ-ÖØ-öø-῿Ⰰ-ⷿ々-퟿豈-﷿0-9]+', ' '))) || ' ' as words from CLICKINTENT.ANALYTICS.pages
),

page_stages as (
    select pages.page_key, max(signs.stage_rank) as stage_rank
    from pages
    inner join signs on signs.signal = 'page_words' and pages.words like ('% ' || signs.value || ' %')
    group by pages.page_key
),

type_stages as (
    select value as event_type, max(stage_rank) as stage_rank from signs
    where signal = 'event_type'
    group by value
),

telling_events as (
    select
        events.event_id,
        greatest(coalesce(page_stages.stage_rank, 0), coalesce(type_stages.stage_rank, 0)) as stage_rank
    from events
    left join page_stages on events.page_key = page_stages.page_key
    left join type_stages on events.event_type = type_stages.event_type
    where page_stages.stage_rank is not null or type_stages.stage_rank is not null
),

told_by_events as (
    select session_events.session_id, max(telling_events.stage_rank) as stage_rank
    from telling_events
    inner join session_events on telling_events.event_id = session_events.event_id
    group by session_events.session_id
),

told_by_sessions as (
    select
        max(case when signal = 'session' then stage_rank else 0 end) as session_rank,
        max(case when signal = 'conversion' then stage_rank else 0 end) as conversion_rank
    from signs
),

final as (
    select
        sessions.session_id,
        greatest(
            coalesce(told_by_sessions.session_rank, 0),
            case when sessions.is_converted then coalesce(told_by_sessions.conversion_rank, 0) else 0 end,
            coalesce(told_by_events.stage_rank, 0)
        ) as stage_rank
    from sessions
    cross join told_by_sessions
    left join told_by_events on sessions.session_id = told_by_events.session_id
)

select * from final
    )

;
alter session unset query_tag
;
