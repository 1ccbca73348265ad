alter session set query_tag = 'clickintent'
;
create or replace   view CLICKINTENT.ANALYTICS.stg_snowplow__events

  copy grants

  as (

with source as (
    select * from CLICKINTENT.atomic.events
),

texts as (
    select

    cast(source.event_id as TEXT) as event_id,
    cast(source.collector_tstamp as TEXT) as collector_tstamp,
    cast(source.event as TEXT) as event,
    cast(source.event_name as TEXT) as event_name,
    cast(source.derived_tstamp as TEXT) as derived_tstamp,
    cast(source.load_tstamp as TEXT) as load_tstamp,
    cast(source.app_id as TEXT) as app_id,
    cast(source.platform as TEXT) as platform,
    cast(source.domain_userid as TEXT) as domain_userid,
    cast(source.network_userid as TEXT) as network_userid,
    cast(source.user_id as TEXT) as user_id,
    cast(source.se_category as TEXT) as se_category,
    cast(source.se_action as TEXT) as se_action,
    cast(source.se_label as TEXT) as se_label,
    cast(source.se_property as TEXT) as se_property,
    cast(source.se_value as TEXT) as se_value,
    cast(source.tr_orderid as TEXT) as tr_orderid,
    cast(source.tr_total as TEXT) as tr_total,
    cast(source.page_url as TEXT) as page_url,
    cast(source.page_title as TEXT) as page_title,
    cast(source.page_referrer as TEXT) as page_referrer,
    cast(source.mkt_source as TEXT) as mkt_source,
    cast(source.mkt_medium as TEXT) as mkt_medium,
    cast(source.mkt_campaign as TEXT) as mkt_campaign,
    cast(source.dvce_type as TEXT) as dvce_type,
    cast(source.useragent as TEXT) as useragent,
    cast(source.br_lang as TEXT) as br_lang,
    case when try_parse_json(to_varchar(source.contexts)) is not null then to_varchar(source.contexts) end as contexts,
    case when try_parse_json(to_varchar(source.contexts_com_snowplowanalytics_snowplow_client_session_1)) is not null then to_varchar(source.contexts_com_snowplowanalytics_snowplow_client_session_1) end as contexts_com_snowplowanalytics_snowplow_client_session_1,
    case when try_parse_json(to_varchar(source.contexts_com_snowplowanalytics_snowplow_mobile_context_1)) is not null then to_varchar(source.contexts_com_snowplowanalytics_snowplow_mobile_context_1) end as contexts_com_snowplowanalytics_snowplow_mobile_context_1,
    case when try_parse_json(to_varchar(source.contexts_com_snowplowanalytics_mobile_screen_1)) is not null then to_varchar(source.contexts_com_snowplowanalytics_mobile_screen_1) end as contexts_com_snowplowanalytics_mobile_screen_1,
    cast(null as TEXT) as contexts_com_snowplowanalytics_mobile_screen_summary_1,
    case when try_parse_json(to_varchar(source.unstruct_event)) is not null then to_varchar(source.unstruct_event) end as unstruct_event,
    case when try_parse_json(to_varchar(source.unstruct_event_com_snowplowanalytics_snowplow_button_click_1)) is not null then to_varchar(source.unstruct_event_com_snowplowanalytics_snowplow_button_click_1) end as unstruct_event_com_snowplowanalytics_snowplow_button_click_1,
        cast(null as timestamp) as native_loaded_at,
        to_json(object_construct_keep_null(*)) as raw
    from source
),

-- what mobile trackers and self-describing events say is in documents
unpacked as (
    select
        *,
        coalesce(
        cast(get_path(try_parse_json(contexts_com_snowplowanalytics_snowplow_client_session_1), '[0].userId') as TEXT),
        cast(get_path(try_parse_json(contexts_com_snowplowanalytics_snowplow_client_session_1), '[0].user_id') as TEXT),
        cast(get_path(
        get(filter(as_array(try_parse_json(to_json(get_path(try_parse_json(contexts), 'data')))), entity -> startswith(entity:schema::varchar, 'iglu:com.snowplowanalytics.snowplow/client_session/')), 0),
        'data.userId'
    ) as varchar)
    ) as device_user_id,
        coalesce(
        cast(get_path(try_parse_json(contexts_com_snowplowanalytics_snowplow_mobile_context_1), '[0].appleIdfv') as TEXT),
        cast(get_path(try_parse_json(contexts_com_snowplowanalytics_snowplow_mobile_context_1), '[0].apple_idfv') as TEXT),
        cast(get_path(
        get(filter(as_array(try_parse_json(to_json(get_path(try_parse_json(contexts), 'data')))), entity -> startswith(entity:schema::varchar, 'iglu:com.snowplowanalytics.snowplow/mobile_context/')), 0),
        'data.appleIdfv'
    ) as varchar)
    ) as vendor_device_id,
        coalesce(
        cast(get_path(try_parse_json(contexts_com_snowplowanalytics_snowplow_mobile_context_1), '[0].language') as TEXT),
        cast(get_path(try_parse_json(contexts_com_snowplowanalytics_snowplow_mobile_context_1), '[0].language') as TEXT),
        cast(get_path(
        get(filter(as_array(try_parse_json(to_json(get_path(try_parse_json(contexts), 'data')))), entity -> startswith(entity:schema::varchar, 'iglu:com.snowplowanalytics.snowplow/mobile_context/')), 0),
        'data.language'
    ) as varchar)
    ) as device_language,
        coalesce(
        cast(get_path(try_parse_json(contexts_com_snowplowanalytics_mobile_screen_1), '[0].name') as TEXT),
        cast(get_path(try_parse_json(contexts_com_snowplowanalytics_mobile_screen_1), '[0].name') as TEXT),
        cast(get_path(
        get(filter(as_array(try_parse_json(to_json(get_path(try_parse_json(contexts), 'data')))), entity -> startswith(entity:schema::varchar, 'iglu:com.snowplowanalytics.mobile/screen/')), 0),
        'data.name'
    ) as varchar)
    ) as screen_name,
        coalesce(
        cast(get_path(try_parse_json(contexts_com_snowplowanalytics_mobile_screen_summary_1), '[0].foreground_sec') as TEXT),
        cast(get_path(try_parse_json(contexts_com_snowplowanalytics_mobile_screen_summary_1), '[0].foreground_sec') as TEXT),
        cast(get_path(
        get(filter(as_array(try_parse_json(to_json(get_path(try_parse_json(contexts), 'data')))), entity -> startswith(entity:schema::varchar, 'iglu:com.snowplowanalytics.mobile/screen_summary/')), 0),
        'data.foreground_sec'
    ) as varchar)
    ) as foreground_seconds,
        coalesce(
            unstruct_event_com_snowplowanalytics_snowplow_button_click_1,
            cast(get_path(try_parse_json(unstruct_event), 'data.data') as TEXT),
            null
        ) as event_document
    from texts
),

renamed as (
    select
        event_id,
        -- the collector has set the device's clock right
        coalesce(derived_tstamp, collector_tstamp) as event_at,
        coalesce(load_tstamp, collector_tstamp) as loaded_at,
        native_loaded_at,
        app_id as site_id,
        platform as channel,
        -- a visitor who is tracked anonymously has a blank id, or one of zeros, which is nobody's
        coalesce(
            nullif(nullif(trim(domain_userid), '00000000-0000-0000-0000-000000000000'), ''),
            nullif(nullif(trim(device_user_id), '00000000-0000-0000-0000-000000000000'), ''),
            nullif(nullif(trim(vendor_device_id), '00000000-0000-0000-0000-000000000000'), ''),
            nullif(nullif(trim(network_userid), '00000000-0000-0000-0000-000000000000'), '')
        ) as visitor_id,
        user_id as customer_id,
        -- 'event' is the name of every structured event: what happened is its action
        case
            when event = 'struct' then coalesce(nullif(regexp_replace(regexp_replace(lower(se_action), '[[:space:][:punct:]]+', '_'), '^_|_$', ''), ''), 'struct')
            else coalesce(event_name, event)
        end as event_type,
        coalesce(
            page_url,
            case when event_name = 'screen_view' then cast(get_path(try_parse_json(event_document), 'name') as TEXT) end,
            screen_name
        ) as page_url,
        page_title,
        page_referrer as referrer_url,
        mkt_source as utm_source,
        mkt_medium as utm_medium,
        mkt_campaign as utm_campaign,
        case when lower(dvce_type) = 'computer' then 'desktop' else dvce_type end as device_type,
        useragent as user_agent,
        coalesce(br_lang, device_language) as language,
        coalesce(se_value, tr_total) as event_value,
        case
            when event = 'page_ping' then '10'
            when event_name = 'screen_end' then foreground_seconds
        end as engaged_seconds,
        case
            when event = 'struct' then '{' || '"category":' || coalesce(to_json(to_variant(se_category)), 'null') || ',' || '"action":' || coalesce(to_json(to_variant(se_action)), 'null') || ',' || '"label":' || coalesce(to_json(to_variant(se_label)), 'null') || ',' || '"property":' || coalesce(to_json(to_variant(se_property)), 'null') || '}'
            when tr_orderid is not null then '{' || '"order_id":' || coalesce(to_json(to_variant(tr_orderid)), 'null') || '}'
            else event_document
        end as properties,
        raw
    from unpacked
),

final as (
    select
        'snowplow' as source,

    cast(event_id as TEXT) as event_id,
    cast(event_at as TEXT) as event_at,
    cast(loaded_at as TEXT) as loaded_at,
    cast(site_id as TEXT) as site_id,
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
    cast(event_value as TEXT) as event_value,
    cast(engaged_seconds as TEXT) as engaged_seconds,
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
