alter session set query_tag = 'clickintent'
;
create or replace   view CLICKINTENT.ANALYTICS.stg_demo__events

  copy grants

  as (

with source as (
    select * from CLICKINTENT.ANALYTICS.demo_events
),

renamed as (
    select
        'demo' as source,

    cast(event_id as TEXT) as event_id,
    cast(event_at as TEXT) as event_at,
    cast(regexp_replace(to_varchar(cast(loaded_at as datetime), 'YYYY-MM-DD HH24:MI:SS.FF6'), '[.]?0*$', '') as TEXT) as loaded_at,
    cast(site_id as TEXT) as site_id,
    cast(channel as TEXT) as channel,
    cast(visitor_id as TEXT) as visitor_id,
    cast(customer_id as TEXT) as customer_id,
    cast(event_type as TEXT) as event_type,
    cast(page_url as TEXT) as page_url,
    cast(page_title as TEXT) as page_title,
    cast(referrer_url as TEXT) as referrer_url,
    cast(null as TEXT) as utm_source,
    cast(null as TEXT) as utm_medium,
    cast(null as TEXT) as utm_campaign,
    cast(device_type as TEXT) as device_type,
    cast(user_agent as TEXT) as user_agent,
    cast(language as TEXT) as language,
    cast(has_consent as TEXT) as has_consent,
    cast(is_internal as TEXT) as is_internal,
    cast(case
            when regexp_like(to_varchar(event_value), '-?[0-9]+') then to_varchar(event_value) || '.0'
            else to_varchar(event_value)
        end as TEXT) as event_value,
    cast(null as TEXT) as engaged_seconds,
    cast(properties as TEXT) as properties,
        loaded_at as native_loaded_at,
        to_json(object_construct_keep_null(*)) as raw,
        cast(null as TEXT) as load_batch
    from source
)

select * from renamed
  )
;
alter session unset query_tag
;
