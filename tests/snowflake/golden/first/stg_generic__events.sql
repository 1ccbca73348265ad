alter session set query_tag = 'clickintent'
;
create or replace   view CLICKINTENT.ANALYTICS.stg_generic__events

  copy grants

  as (

-- depends_on: CLICKINTENT.ANALYTICS.batches_to_read

with source as (
    select * from raw.web_events
),

renamed as (
    select
        'generic' as source,

    cast(cast("EVENT_ID" as TEXT) as TEXT) as event_id,
    cast(cast("EVENT_AT" as TEXT) as TEXT) as event_at,
    cast(cast("LOADED_AT" as TEXT) as TEXT) as loaded_at,
    cast(null as TEXT) as site_id,
    cast(null as TEXT) as channel,
    cast(cast("VISITOR_ID" as TEXT) as TEXT) as visitor_id,
    cast(null as TEXT) as customer_id,
    cast(cast("EVENT_TYPE" as TEXT) as TEXT) as event_type,
    cast(cast("PAGE_URL" as TEXT) as TEXT) as page_url,
    cast(null as TEXT) as page_title,
    cast(null as TEXT) as referrer_url,
    cast(null as TEXT) as utm_source,
    cast(null as TEXT) as utm_medium,
    cast(null as TEXT) as utm_campaign,
    cast(null as TEXT) as device_type,
    cast(null as TEXT) as user_agent,
    cast(null as TEXT) as language,
    cast(null as TEXT) as has_consent,
    cast(null as TEXT) as is_internal,
    cast(null as TEXT) as event_value,
    cast(null as TEXT) as engaged_seconds,
    cast(null as TEXT) as properties,
        cast(null as timestamp) as native_loaded_at,
        to_json(object_construct_keep_null(*)) as raw,
        cast(null as TEXT) as load_batch
    from source
)

select * from renamed
  )
;
alter session unset query_tag
;
