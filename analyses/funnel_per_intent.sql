-- How many sessions of each intent came as far as each stage. A session counts at every stage up to its furthest one, so the
-- numbers fall from stage to stage. Sessions that abstained are left out.
with stages as (
    select stage, stage_rank from {{ ref('journey_stages') }}
    group by stage, stage_rank
),

sessions as (
    select
        scored.intent_id,
        reached.stage_rank
    from {{ ref('session_intents') }} as scored
    inner join {{ ref('session_stages') }} as reached on scored.session_id = reached.session_id
    where not scored.is_abstained
),

funnel as (
    select
        sessions.intent_id,
        stages.stage,
        stages.stage_rank,
        count(case when sessions.stage_rank >= stages.stage_rank then 1 end) as session_count,
        count(*) as all_sessions
    from sessions
    cross join stages
    group by sessions.intent_id, stages.stage, stages.stage_rank
),

final as (
    select
        intents.intent_group_name,
        intents.intent_name,
        funnel.stage_rank,
        funnel.stage,
        funnel.session_count,
        cast(funnel.session_count as double) / funnel.all_sessions as share_of_sessions,
        cast(funnel.session_count as double)
        / nullif(lag(funnel.session_count) over (partition by funnel.intent_id order by funnel.stage_rank), 0)
            as share_of_stage_before
    from funnel
    inner join {{ ref('dim_intents') }} as intents on funnel.intent_id = intents.intent_id
)

select * from final
order by intent_group_name, intent_name, stage_rank
