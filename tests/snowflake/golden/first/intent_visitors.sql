alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.intent_visitors

  (
    period varchar,
    period_start date,
    source varchar,
    site_id varchar,
    channel varchar,
    intent_level integer,
    intent_id varchar,
    visitors bigint

    )

    copy grants

    as (
    select period, period_start, source, site_id, channel, intent_level, intent_id, visitors
    from (

with sessions as (
    select * from CLICKINTENT.ANALYTICS.sessions
    where not is_bot
),

session_intents as (
    select * from CLICKINTENT.ANALYTICS.session_intents
),

days as (
    select
        sessions.source,
        sessions.site_id,
        sessions.channel,
        sessions.visitor_id,
        cast(convert_timezone('UTC', 'UTC', sessions.started_at) as date) as day,
        coalesce(session_intents.intent_l1, 'none') as intent_l1,
        coalesce(session_intents.intent_id, 'none') as intent_id
    from sessions
    inner join session_intents on sessions.session_id = session_intents.session_id
),

periods as (
    select *, 'day' as period, day as period_start from days
    union all
    select *, 'week' as period, cast(dateadd('day', 1 - dayofweekiso(day), day) as date) as period_start from days
),

-- a visitor of two intents counts once at each of them, and once at 'all'
counted as (
    select *, 0 as intent_level, 'all' as counted_at from periods
    union all
    select *, 1 as intent_level, intent_l1 as counted_at from periods
    union all
    select *, 2 as intent_level, intent_id as counted_at from periods
),

final as (
    select
        period,
        period_start,
        source,
        site_id,
        channel,
        intent_level,
        counted_at as intent_id,
        count(distinct visitor_id) as visitors
    from counted
    group by period, period_start, source, site_id, channel, intent_level, counted_at
)

select * from final

    ) as model_subq
    )

;
alter session unset query_tag
;
