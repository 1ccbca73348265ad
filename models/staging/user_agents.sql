{{ config(
    materialized='incremental',
    unique_key=['user_agent'],
    incremental_strategy='apply_changes',
    on_schema_change='append_new_columns'
) }}

with agents as (
    select distinct user_agent from {{ ref('stg_events') }}
    where user_agent is not null
),

patterns as (
    select
        pattern,
        {{ clickintent.agent_needle('pattern') }} as needle,
        {{ clickintent.agent_needle('unless') }} as unless_needle
    from {{ ref('bot_patterns') }}
),

-- what every agent is judged by: another list judges all of them again
judgement as (
    select {{ clickintent.hash_number('coalesce(' ~ dbt.listagg("needle || '|' || coalesce(unless_needle, '')", "','", 'order by needle') ~ ", '')") }} as content_hash
    from patterns
),

{% if is_incremental() %}
known as (
    select user_agent, content_hash from {{ this }}
),
{% endif %}

stale as (
    select agents.user_agent, judgement.content_hash
    from agents
    cross join judgement
    {%- if is_incremental() %}
    where not exists (
        select 1 from known where known.user_agent = agents.user_agent and known.content_hash = judgement.content_hash
    )
    {%- endif %}
),

worded as (
    select user_agent, {{ clickintent.agent_words('user_agent') }} as words
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
    {%- if is_incremental() %}
    union all
    -- a row without a hash tells the incremental strategy that nobody carries the agent any more
    select known.user_agent, null as is_bot, null as bot_pattern, null as content_hash
    from known
    where not exists (select 1 from agents where agents.user_agent = known.user_agent)
    {%- endif %}
)

select * from final
