{{ config(contract={'enforced': true}) }}

with calls as (
    select * from {{ ref('llm_calls') }}
),

final as (
    select
        {{ clickintent.day_in_timezone('called_at', var('reporting_timezone')) }} as day,
        purpose,
        model,
        status,
        count(*) as calls,
        cast(sum(prompt_tokens) as bigint) as prompt_tokens,
        cast(sum(completion_tokens) as bigint) as completion_tokens,
        {{ clickintent.exact_sum('cost_usd') }} as cost_usd
    from calls
    group by day, purpose, model, status
)

select * from final
