-- Told from the events themselves, not from the tables that the links are made of.
{%- set visitor = ['source', 'site_id', 'channel', 'visitor_id'] %}

with links as (
    select * from {{ ref('session_customers') }}
    where how = 'linked'
),

sessions as (
    select * from {{ ref('sessions') }}
),

logins as (
    select {{ visitor | join(', ') }}, customer_id, min(event_at) as first_login_at, min(loaded_at) as first_loaded_at
    from {{ ref('stg_events') }}
    where customer_id is not null
    group by {{ visitor | join(', ') }}, customer_id
)

select links.*
from links
left join sessions on links.session_id = sessions.session_id
left join logins
    on {% for column in visitor %}sessions.{{ column }} = logins.{{ column }} and {% endfor %}
    links.customer_id = logins.customer_id
where
    sessions.session_id is null
    or sessions.customer_id is not null
    or sessions.is_bot
    or links.known_at < sessions.updated_at
    or logins.customer_id is null
    or links.known_at < logins.first_loaded_at
    or sessions.started_at < {{ clickintent.days_later('logins.first_login_at', -var('link_lookback_days')) }}
