alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.eval_example_sessions
    copy grants

    as (

with examples as (
    select * from CLICKINTENT.ANALYTICS.eval_examples
),

sessions as (
    select * from CLICKINTENT.ANALYTICS.eval_sessions
),

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

final as (
    select
        *,
        row_number() over (partition by example_id order by started_at desc nulls last, session_id asc) as recency_rank
    from pairs
)

select * from final
    )

;
alter session unset query_tag
;
