alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.session_customers
    copy grants

    as (

with sessions as (
    select * from CLICKINTENT.ANALYTICS.sessions
),

sightings as (
    select * from CLICKINTENT.ANALYTICS.customer_sightings
    where not is_withdrawn
),

-- a machine that several people use says nothing about who sat there
private_devices as (
    select * from CLICKINTENT.ANALYTICS.visitor_customers
    where not is_shared_device
),

seen as (
    select session_id, customer_id, 'seen' as how, updated_at as known_at from sessions
    where customer_id is not null
),

anonymous as (
    select * from sessions
    where customer_id is null and not is_bot and false
),

private_sightings as (
    select sightings.*
    from sightings
    inner join private_devices
        on sightings.source = private_devices.source and sightings.site_id = private_devices.site_id and sightings.channel = private_devices.channel and sightings.visitor_id = private_devices.visitor_id and
        sightings.customer_id = private_devices.customer_id
),

-- the first load of a login that reaches back to the session told of the link, unless the session itself came later
linked as (
    select
        anonymous.session_id,
        min(private_sightings.customer_id) as customer_id,
        'linked' as how,
        greatest(max(anonymous.updated_at), min(private_sightings.known_at)) as known_at
    from anonymous
    inner join private_sightings
        on anonymous.source = private_sightings.source and anonymous.site_id = private_sightings.site_id and anonymous.channel = private_sightings.channel and anonymous.visitor_id = private_sightings.visitor_id and
        anonymous.started_at >= private_sightings.linkable_from
    group by anonymous.session_id
    -- no guess between two customers
    having count(distinct private_sightings.customer_id) = 1
),

final as (
    select session_id, customer_id, how, known_at from seen
    union all
    select session_id, customer_id, how, known_at from linked
)

select * from final
    )

;
alter session unset query_tag
;
