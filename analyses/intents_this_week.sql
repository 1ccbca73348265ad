-- What people came for in the last seven days that there are, and how that differs from the four weeks before.
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
        cast(coalesce(sum(case when days.day > bounds.last_day - 7 then days.sessions end), 0) as double) / 7 as sessions_per_day,
        cast(coalesce(sum(case when days.day between bounds.last_day - 34 and bounds.last_day - 7 then days.sessions end), 0) as double)
            / 28 as sessions_per_day_before
    from days
    cross join bounds
    group by days.channel, days.intent_id
)

select
    counted.channel,
    intents.intent_group_name,
    intents.intent_name,
    counted.sessions_per_day,
    counted.sessions_per_day_before,
    counted.sessions_per_day / nullif(counted.sessions_per_day_before, 0) - 1 as change
from counted
inner join {{ ref('dim_intents') }} as intents on counted.intent_id = intents.intent_id
order by counted.sessions_per_day desc nulls last
