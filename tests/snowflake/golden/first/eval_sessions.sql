alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.eval_sessions
    copy grants

    as (

with human_sessions as (
    select session_id, source, site_id, channel, visitor_id, customer_id from CLICKINTENT.ANALYTICS.sessions
    where not is_bot
),

device_customers as (
    select source, site_id, channel, visitor_id, min(customer_id) as customer_id
    from CLICKINTENT.ANALYTICS.customer_sightings
    group by source, site_id, channel, visitor_id
),

session_people as (
    select
        human_sessions.session_id,
        case
            when coalesce(human_sessions.customer_id, device_customers.customer_id) is not null
                then to_number(left(md5(coalesce(human_sessions.customer_id, device_customers.customer_id)), 15), 'XXXXXXXXXXXXXXX')
            else to_number(left(md5(
        coalesce(cast(human_sessions.source as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(human_sessions.site_id as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(human_sessions.channel as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(human_sessions.visitor_id as TEXT), chr(30))), 15), 'XXXXXXXXXXXXXXX')
        end as person
    from human_sessions
    left join device_customers
        on human_sessions.source = device_customers.source and human_sessions.site_id = device_customers.site_id and human_sessions.channel = device_customers.channel and human_sessions.visitor_id = device_customers.visitor_id
),

sessions as (
    select * from CLICKINTENT.ANALYTICS.sessions
    where not is_bot
),

session_customers as (
    select * from CLICKINTENT.ANALYTICS.session_customers
),

split as (
    select * from CLICKINTENT.ANALYTICS.eval_split
),

final as (
    select
        sessions.session_id,

        coalesce(cast(sessions.source as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(sessions.site_id as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(sessions.channel as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(sessions.visitor_id as TEXT), chr(30)) as visitor_id,
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
    )

;
alter session unset query_tag
;
