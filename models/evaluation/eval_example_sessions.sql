{{ config(materialized='table', tags=['evaluation_fit']) }}

with examples as (
    select * from {{ ref('eval_examples') }}
),

sessions as (
    select * from {{ ref('eval_sessions') }}
),

{% if clickintent.evaluates_within_sessions() -%}
pairs as (
    select
        examples.session_id as example_id,
        sessions.session_id,
        examples.moment,
        sessions.started_at,
        sessions.known_at
    from examples
    inner join sessions on examples.session_id = sessions.session_id
),
{%- else -%}
of_visitor as (
    select examples.session_id as example_id, sessions.session_id, examples.moment, sessions.started_at, sessions.known_at
    from examples
    inner join sessions on examples.visitor_id = sessions.visitor_id
    where sessions.known_at <= examples.moment
),

-- of the customer on other devices, once both ends of the link were known
of_customer as (
    select
        examples.session_id as example_id,
        sessions.session_id,
        examples.moment,
        sessions.started_at,
        greatest(sessions.known_at, sessions.linked_at) as known_at
    from examples
    inner join sessions
        on examples.customer_id = sessions.customer_id and examples.visitor_id <> sessions.visitor_id
    where examples.linked_at <= examples.moment
        and sessions.linked_at <= examples.moment and sessions.known_at <= examples.moment
),

pairs as (
    select * from of_visitor
    union all
    select * from of_customer
),
{%- endif %}

final as (
    select
        *,
        row_number() over (partition by example_id order by started_at desc nulls last, session_id asc) as recency_rank
    from pairs
)

select * from final
