alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.session_histories
    copy grants

    as (with sessions as (
    select * from CLICKINTENT.ANALYTICS.sessions
    where not is_bot
),

session_customers as (
    select * from CLICKINTENT.ANALYTICS.session_customers
),

final as (
    select
        session_customers.customer_id,
        sessions.session_id,
        sessions.channel,
        session_customers.how,
        sessions.started_at,
        sessions.ended_at,
        -- a session is not known before it ended, whatever a clock that runs ahead says
        greatest(sessions.updated_at, session_customers.known_at, sessions.ended_at) as known_at,
        sessions.content_hash
    from sessions
    inner join session_customers on sessions.session_id = session_customers.session_id
)

select * from final
    )

;
alter session unset query_tag
;
