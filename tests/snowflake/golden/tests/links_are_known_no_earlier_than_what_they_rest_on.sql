-- links_are_known_no_earlier_than_what_they_rest_on
-- Told from the events themselves, not from the tables that the links are made of.
with links as (
    select * from CLICKINTENT.ANALYTICS.session_customers
    where how = 'linked'
),
sessions as (
    select * from CLICKINTENT.ANALYTICS.sessions
),
logins as (
    select source, site_id, channel, visitor_id, customer_id, min(event_at) as first_login_at, min(loaded_at) as first_loaded_at
    from CLICKINTENT.ANALYTICS.stg_events
    where customer_id is not null
    group by source, site_id, channel, visitor_id, customer_id
)
select links.*
from links
left join sessions on links.session_id = sessions.session_id
left join logins
    on sessions.source = logins.source and sessions.site_id = logins.site_id and sessions.channel = logins.channel and sessions.visitor_id = logins.visitor_id and
    links.customer_id = logins.customer_id
where
    sessions.session_id is null
    or sessions.customer_id is not null
    or sessions.is_bot
    or links.known_at < sessions.updated_at
    or logins.customer_id is null
    or links.known_at < logins.first_loaded_at
    or sessions.started_at <
    dateadd(
        second,
        -2592000,
        logins.first_login_at
        )
;
