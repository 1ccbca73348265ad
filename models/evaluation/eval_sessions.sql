{{ config(materialized='table', tags=['evaluation_fit']) }}

with {{ clickintent.session_people() }},

sessions as (
    select * from {{ ref('sessions') }}
    where not is_bot
),

session_customers as (
    select * from {{ ref('session_customers') }}
),

split as (
    select * from {{ ref('eval_split') }}
),

final as (
    select
        sessions.session_id,
        {{ clickintent.joined_text(['sessions.source', 'sessions.site_id', 'sessions.channel', 'sessions.visitor_id']) }} as visitor_id,
        session_customers.customer_id,
        session_people.person,
        cast(session_people.person % 5 as integer) as fold,
        sessions.channel,
        sessions.started_at,
        sessions.ended_at,
        greatest(sessions.updated_at, sessions.ended_at) as known_at,
        session_customers.known_at as linked_at,
        -- the last load of its events came before: what it is was known
        greatest(sessions.updated_at, sessions.ended_at) < split.split_at as is_before_split,
        split.split_at
    from sessions
    inner join session_people on sessions.session_id = session_people.session_id
    left join session_customers on sessions.session_id = session_customers.session_id
    cross join split
)

select * from final
