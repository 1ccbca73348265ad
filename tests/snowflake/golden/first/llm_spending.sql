alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.llm_spending

  (
    day date,
    purpose varchar,
    model varchar,
    status varchar,
    calls bigint,
    prompt_tokens bigint,
    completion_tokens bigint,
    cost_usd double

    )

    copy grants

    as (
    select day, purpose, model, status, calls, prompt_tokens, completion_tokens, cost_usd
    from (

with calls as (
    select * from CLICKINTENT.ANALYTICS.llm_calls
),

final as (
    select
        cast(convert_timezone('UTC', 'UTC', called_at) as date) as day,
        purpose,
        model,
        status,
        count(*) as calls,
        cast(sum(prompt_tokens) as bigint) as prompt_tokens,
        cast(sum(completion_tokens) as bigint) as completion_tokens,
        cast(sum(cast(cost_usd as decimal(24, 6))) as double) as cost_usd
    from calls
    group by day, purpose, model, status
)

select * from final
    ) as model_subq
    )

;
alter session unset query_tag
;
