{#
    CTEs that end in `session_people`: session_id and person of every human session, to count people and never to name
    one. Cautious: sessions that may be one person's count as one. A session is its customer's, else that of a customer
    who ever signed in on its device, though nobody may link the two, else the visitor's own.
#}
{% macro session_people() -%}
{%- set visitor = ['source', 'site_id', 'channel', 'visitor_id'] -%}
human_sessions as (
    select session_id, {{ visitor | join(', ') }}, customer_id from {{ clickintent.movable(ref('sessions')) }}
    where not is_bot
),

device_customers as (
    select {{ visitor | join(', ') }}, min(customer_id) as customer_id
    from {{ clickintent.movable(ref('customer_sightings')) }}
    group by {{ visitor | join(', ') }}
),

session_people as (
    select
        human_sessions.session_id,
        case
            when coalesce(human_sessions.customer_id, device_customers.customer_id) is not null
                then {{ clickintent.hash_number("coalesce(human_sessions.customer_id, device_customers.customer_id)") }}
            else {{ clickintent.hash_number(clickintent.joined_text([
                'human_sessions.source', 'human_sessions.site_id', 'human_sessions.channel', 'human_sessions.visitor_id'
            ])) }}
        end as person
    from human_sessions
    left join device_customers
        on {% for column in visitor %}human_sessions.{{ column }} = device_customers.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
)
{%- endmacro %}

{# Whether so many people have seen a thing that it may be named to an LLM. #}
{% macro is_seen_by_enough(people_count) -%}
    {{ people_count }} >= {{ var('min_page_visitors') }}
{%- endmacro %}
