alter session set query_tag = 'clickintent'
;
create or replace   view CLICKINTENT.ANALYTICS.event_type_audience

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

placed as (
    select event_type, session_id from CLICKINTENT.ANALYTICS.placed_events
),

final as (
    select
        placed.event_type,
        count(distinct session_people.person) as people_count,
        count(distinct session_people.person) >= 20 as is_known
    from placed
    left join session_people on placed.session_id = session_people.session_id
    group by placed.event_type
)

select * from final
  )
;
alter session unset query_tag
;
