-- What web visitors came for, by week: a model of one's own on the package's marts.
with days as (
    select * from {{ ref('clickintent', 'intent_distribution_daily') }}
    where channel = 'web'
),

intents as (
    select intent_id, intent_name from {{ ref('clickintent', 'dim_intents') }}
),

final as (
    select
        {{ dbt.date_trunc('week', 'days.day') }} as week,
        intents.intent_name,
        sum(days.sessions) as sessions
    from days
    inner join intents on days.intent_id = intents.intent_id
    group by 1, 2
)

select * from final
