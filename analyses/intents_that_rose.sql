-- Which intents rose in the last seven days that there are, beside the four weeks before, and by more than chance would have
-- it. Intents that hardly anybody had rise and fall by much: the last column counts the rise in standard deviations.
with days as (
    select * from {{ ref('intent_distribution_daily') }}
),

bounds as (
    select max(day) as last_day from days
),

counted as (
    select
        days.channel,
        days.intent_id,
        coalesce(sum(case when days.day > bounds.last_day - 7 then days.sessions end), 0) as sessions,
        cast(coalesce(sum(case when days.day between bounds.last_day - 34 and bounds.last_day - 7 then days.sessions end), 0) as double)
            / 4 as sessions_in_a_week_before
    from days
    cross join bounds
    group by days.channel, days.intent_id
),

-- of two counts of rare events the difference has the variance of their sum; the earlier one is the mean of four weeks
risen as (
    select
        *,
        sessions - sessions_in_a_week_before as rise,
        (sessions - sessions_in_a_week_before) / sqrt(sessions + sessions_in_a_week_before / 4) as standard_deviations
    from counted
    where sessions > sessions_in_a_week_before
)

select
    risen.channel,
    intents.intent_group_name,
    intents.intent_name,
    risen.sessions,
    risen.sessions_in_a_week_before,
    risen.rise,
    risen.standard_deviations
from risen
inner join {{ ref('dim_intents') }} as intents on risen.intent_id = intents.intent_id
order by risen.standard_deviations desc nulls last
