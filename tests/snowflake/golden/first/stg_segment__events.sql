alter session set query_tag = 'clickintent'
;
create or replace   view CLICKINTENT.ANALYTICS.stg_segment__events

  copy grants

  as (

with
pages as (
    select
        'pages' as call,

    cast(source.id as TEXT) as id,
    cast(source.received_at as TEXT) as received_at,
    cast(source.anonymous_id as TEXT) as anonymous_id,
    cast(source.user_id as TEXT) as user_id,
    cast(source.timestamp as TEXT) as timestamp,
    cast(source.original_timestamp as TEXT) as original_timestamp,
    cast(source.uuid_ts as TEXT) as uuid_ts,
    cast(null as TEXT) as context_page_url,
    cast(null as TEXT) as context_page_title,
    cast(null as TEXT) as context_page_referrer,
    cast(source.context_campaign_source as TEXT) as context_campaign_source,
    cast(source.context_campaign_medium as TEXT) as context_campaign_medium,
    cast(source.context_campaign_name as TEXT) as context_campaign_name,
    cast(source.context_user_agent as TEXT) as context_user_agent,
    cast(source.context_locale as TEXT) as context_locale,
    cast(null as TEXT) as context_device_type,
    cast(source.url as TEXT) as url,
    cast(source.title as TEXT) as title,
    cast(source.referrer as TEXT) as referrer,
    cast(source.name as TEXT) as name,
    cast(source.category as TEXT) as category,
    cast(null as TEXT) as event,
        cast(null as timestamp) as native_loaded_at,
        to_json(object_construct_keep_null(*)) as raw
    from CLICKINTENT.segment.pages as source
),

screens as (
    select
        'screens' as call,

    cast(source.id as TEXT) as id,
    cast(source.received_at as TEXT) as received_at,
    cast(source.anonymous_id as TEXT) as anonymous_id,
    cast(null as TEXT) as user_id,
    cast(source.timestamp as TEXT) as timestamp,
    cast(source.original_timestamp as TEXT) as original_timestamp,
    cast(source.uuid_ts as TEXT) as uuid_ts,
    cast(null as TEXT) as context_page_url,
    cast(null as TEXT) as context_page_title,
    cast(null as TEXT) as context_page_referrer,
    cast(null as TEXT) as context_campaign_source,
    cast(null as TEXT) as context_campaign_medium,
    cast(null as TEXT) as context_campaign_name,
    cast(null as TEXT) as context_user_agent,
    cast(source.context_locale as TEXT) as context_locale,
    cast(source.context_device_type as TEXT) as context_device_type,
    cast(null as TEXT) as url,
    cast(null as TEXT) as title,
    cast(null as TEXT) as referrer,
    cast(source.name as TEXT) as name,
    cast(source.category as TEXT) as category,
    cast(null as TEXT) as event,
        cast(null as timestamp) as native_loaded_at,
        to_json(object_construct_keep_null(*)) as raw
    from CLICKINTENT.segment.screens as source
),

tracks as (
    select
        'tracks' as call,

    cast(source.id as TEXT) as id,
    cast(source.received_at as TEXT) as received_at,
    cast(source.anonymous_id as TEXT) as anonymous_id,
    cast(source.user_id as TEXT) as user_id,
    cast(source.timestamp as TEXT) as timestamp,
    cast(source.original_timestamp as TEXT) as original_timestamp,
    cast(source.uuid_ts as TEXT) as uuid_ts,
    cast(source.context_page_url as TEXT) as context_page_url,
    cast(source.context_page_title as TEXT) as context_page_title,
    cast(null as TEXT) as context_page_referrer,
    cast(null as TEXT) as context_campaign_source,
    cast(null as TEXT) as context_campaign_medium,
    cast(null as TEXT) as context_campaign_name,
    cast(null as TEXT) as context_user_agent,
    cast(null as TEXT) as context_locale,
    cast(source.context_device_type as TEXT) as context_device_type,
    cast(null as TEXT) as url,
    cast(null as TEXT) as title,
    cast(null as TEXT) as referrer,
    cast(null as TEXT) as name,
    cast(null as TEXT) as category,
    cast(source.event as TEXT) as event,
        cast(null as timestamp) as native_loaded_at,
        to_json(object_construct_keep_null(*)) as raw
    from CLICKINTENT.segment.tracks as source
),

identifies as (
    select
        'identifies' as call,

    cast(source.id as TEXT) as id,
    cast(source.received_at as TEXT) as received_at,
    cast(source.anonymous_id as TEXT) as anonymous_id,
    cast(source.user_id as TEXT) as user_id,
    cast(source.timestamp as TEXT) as timestamp,
    cast(source.original_timestamp as TEXT) as original_timestamp,
    cast(source.uuid_ts as TEXT) as uuid_ts,
    cast(source.context_page_url as TEXT) as context_page_url,
    cast(null as TEXT) as context_page_title,
    cast(null as TEXT) as context_page_referrer,
    cast(null as TEXT) as context_campaign_source,
    cast(null as TEXT) as context_campaign_medium,
    cast(null as TEXT) as context_campaign_name,
    cast(null as TEXT) as context_user_agent,
    cast(null as TEXT) as context_locale,
    cast(null as TEXT) as context_device_type,
    cast(null as TEXT) as url,
    cast(null as TEXT) as title,
    cast(null as TEXT) as referrer,
    cast(null as TEXT) as name,
    cast(null as TEXT) as category,
    cast(null as TEXT) as event,
        cast(null as timestamp) as native_loaded_at,
        to_json(object_construct_keep_null(*)) as raw
    from CLICKINTENT.segment.identifies as source
),

arrived as (
    select * from pages
    union all
    select * from screens
    union all
    select * from tracks
    union all
    select * from identifies
),

renamed as (
    select
        id as event_id,
        -- Segment has set the device's clock right
        coalesce(arrived.timestamp, original_timestamp, received_at) as event_at,
        -- received by Segment is not yet loaded into the warehouse
        coalesce(uuid_ts, received_at) as loaded_at,
        native_loaded_at,
        case
            when call = 'screens' or lower(context_device_type) in ('ios', 'android') then 'app'
            else 'web'
        end as channel,
        anonymous_id as visitor_id,
        user_id as customer_id,
        case call
            when 'pages' then 'page_view'
            when 'screens' then 'screen_view'
            when 'identifies' then 'identify'
            else coalesce(nullif(regexp_replace(regexp_replace(lower(event), '[[:space:][:punct:]]+', '_'), '^_|_$', ''), ''), 'track')
        end as event_type,
        coalesce(url, case when call = 'screens' then coalesce(name, category) end, context_page_url) as page_url,
        coalesce(title, context_page_title) as page_title,
        coalesce(referrer, context_page_referrer) as referrer_url,
        context_campaign_source as utm_source,
        context_campaign_medium as utm_medium,
        context_campaign_name as utm_campaign,
        case when lower(context_device_type) not in ('ios', 'android') then context_device_type end as device_type,
        context_user_agent as user_agent,
        context_locale as language,
        case
            when coalesce(name, category) is not null then '{' || '"name":' || coalesce(to_json(to_variant(name)), 'null') || ',' || '"category":' || coalesce(to_json(to_variant(category)), 'null') || '}'
        end as properties,
        raw
    from arrived
),

final as (
    select
        'segment' as source,

    cast(event_id as TEXT) as event_id,
    cast(event_at as TEXT) as event_at,
    cast(loaded_at as TEXT) as loaded_at,
    cast(null as TEXT) as site_id,
    cast(channel as TEXT) as channel,
    cast(visitor_id as TEXT) as visitor_id,
    cast(customer_id as TEXT) as customer_id,
    cast(event_type as TEXT) as event_type,
    cast(page_url as TEXT) as page_url,
    cast(page_title as TEXT) as page_title,
    cast(referrer_url as TEXT) as referrer_url,
    cast(utm_source as TEXT) as utm_source,
    cast(utm_medium as TEXT) as utm_medium,
    cast(utm_campaign as TEXT) as utm_campaign,
    cast(device_type as TEXT) as device_type,
    cast(user_agent as TEXT) as user_agent,
    cast(language as TEXT) as language,
    cast(null as TEXT) as has_consent,
    cast(null as TEXT) as is_internal,
    cast(null as TEXT) as event_value,
    cast(null as TEXT) as engaged_seconds,
    cast(properties as TEXT) as properties,
        native_loaded_at,
        raw,
        cast(null as TEXT) as load_batch
    from renamed
)

select * from final
  )
;
alter session unset query_tag
;
