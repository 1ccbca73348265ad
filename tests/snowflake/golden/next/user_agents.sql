alter session set query_tag = 'clickintent'
;
create or replace temporary table CLICKINTENT.ANALYTICS.user_agents__dbt_tmp
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

known as (
    select user_agent, content_hash from CLICKINTENT.ANALYTICS.user_agents
),

stale as (
    select agents.user_agent, judgement.content_hash
    from agents
    cross join judgement
    where not exists (
        select 1 from known where known.user_agent = agents.user_agent and known.content_hash = judgement.content_hash
    )
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
    union all
    -- a row without a hash tells the incremental strategy that nobody carries the agent any more
    select known.user_agent, null as is_bot, null as bot_pattern, null as content_hash
    from known
    where not exists (select 1 from agents where agents.user_agent = known.user_agent)
)

select * from final
    )

;
begin;
    delete from CLICKINTENT.ANALYTICS.user_agents as held using CLICKINTENT.ANALYTICS.user_agents__dbt_tmp as changes
    where held.user_agent = changes.user_agent;

    insert into CLICKINTENT.ANALYTICS.user_agents ("USER_AGENT", "IS_BOT", "BOT_PATTERN", "CONTENT_HASH")
    select "USER_AGENT", "IS_BOT", "BOT_PATTERN", "CONTENT_HASH" from CLICKINTENT.ANALYTICS.user_agents__dbt_tmp where content_hash is not null;
    commit
;
drop table if exists CLICKINTENT.ANALYTICS.user_agents__dbt_tmp cascade
;
alter session unset query_tag
;
