{%- set visitor = ['source', 'site_id', 'channel', 'visitor_id'] %}
{%- set visitor_list = visitor | join(', ') %}

with sightings as (
    select * from {{ ref('customer_sightings') }}
),

-- withdrawn sightings link nobody, yet they still tell that more than one person uses the device
devices as (
    select {{ visitor_list }}, count(distinct customer_id) as customer_count
    from sightings
    group by {{ visitor_list }}
),

customers as (
    select
        {{ visitor_list }},
        customer_id,
        min(seen_at) as first_seen_at,
        min(linkable_from) as linkable_from,
        min(known_at) as known_at
    from sightings
    where not is_withdrawn
    group by {{ visitor_list }}, customer_id
),

final as (
    select
        customers.source,
        customers.site_id,
        customers.channel,
        customers.visitor_id,
        customers.customer_id,
        devices.customer_count,
        devices.customer_count > {{ var('max_customers_per_visitor') }} as is_shared_device,
        customers.first_seen_at,
        customers.linkable_from,
        customers.known_at
    from customers
    inner join devices
        on {% for column in visitor %}customers.{{ column }} = devices.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
)

select * from final
