alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.user_agents
    copy grants

    as (

with agents as (
    select distinct user_agent from CLICKINTENT.ANALYTICS.stg_events
    where user_agent is not null
),

patterns as (
    select
        pattern,
        case when pattern like '*%' then '' else ' ' end
    || replace(pattern, '*', '')
    || case when pattern like '%*' then '' else ' ' end as needle,
        case when unless like '*%' then '' else ' ' end
    || replace(unless, '*', '')
    || case when unless like '%*' then '' else ' ' end as unless_needle
    from CLICKINTENT.ANALYTICS.bot_patterns
),

-- what every agent is judged by: another list judges all of them again
judgement as (
    select to_number(left(md5(coalesce(
    listagg(
        needle || '|' || coalesce(unless_needle, ''),
        ','
        )
        within group (order by needle), '')), 15), 'XXXXXXXXXXXXXXX') as content_hash
    from patterns
),

stale as (
    select agents.user_agent, judgement.content_hash
    from agents
    cross join judgement
),

worded as (
    select user_agent, ' ' || trim(regexp_replace(lower(user_agent), '[^a-z0-9]+', ' ')) || ' ' as words
    from stale
),

matched as (
    select worded.user_agent, min(patterns.pattern) as bot_pattern
    from worded
    inner join patterns
        on contains(worded.words, patterns.needle) and not coalesce(contains(worded.words, patterns.unless_needle), false)
    group by 1
),

final as (
    select
        stale.user_agent,
        matched.bot_pattern is not null as is_bot,
        matched.bot_pattern,
        stale.content_hash
    from stale
    left join matched on stale.user_agent = matched.user_agent
)

select * from final
    )

;
drop table if exists CLICKINTENT.ANALYTICS.user_agents__dbt_tmp cascade
;
alter session unset query_tag
;
