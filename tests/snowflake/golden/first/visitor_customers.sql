alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.visitor_customers
    copy grants

    as (

with sightings as (
    select * from CLICKINTENT.ANALYTICS.customer_sightings
),

-- withdrawn sightings link nobody, yet they still tell that more than one person uses the device
devices as (
    select source, site_id, channel, visitor_id, count(distinct customer_id) as customer_count
    from sightings
    group by source, site_id, channel, visitor_id
),

customers as (
    select
        source, site_id, channel, visitor_id,
        customer_id,
        min(seen_at) as first_seen_at,
        min(linkable_from) as linkable_from,
        min(known_at) as known_at
    from sightings
    where not is_withdrawn
    group by source, site_id, channel, visitor_id, customer_id
),

final as (
    select
        customers.source,
        customers.site_id,
        customers.channel,
        customers.visitor_id,
        customers.customer_id,
        devices.customer_count,
        devices.customer_count > 1 as is_shared_device,
        customers.first_seen_at,
        customers.linkable_from,
        customers.known_at
    from customers
    inner join devices
        on customers.source = devices.source and customers.site_id = devices.site_id and customers.channel = devices.channel and customers.visitor_id = devices.visitor_id
)

select * from final
    )

;
alter session unset query_tag
;
