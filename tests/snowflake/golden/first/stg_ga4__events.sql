alter session set query_tag = 'clickintent'
;
create or replace   view CLICKINTENT.ANALYTICS.stg_ga4__events

  copy grants

  as (

with source as (
    select * from CLICKINTENT.ga4.events
),

texts as (
    select

    cast(source.event_timestamp as TEXT) as event_timestamp,
    cast(source.event_name as TEXT) as event_name,
    cast(source.user_pseudo_id as TEXT) as user_pseudo_id,
    cast(source.user_id as TEXT) as user_id,
    cast(source.platform as TEXT) as platform,
    cast(source.stream_id as TEXT) as stream_id,
    cast(source.event_bundle_sequence_id as TEXT) as event_bundle_sequence_id,
    cast(source.batch_page_id as TEXT) as batch_page_id,
    cast(source.batch_ordering_id as TEXT) as batch_ordering_id,
    cast(source.batch_event_index as TEXT) as batch_event_index,
    case when try_parse_json(to_varchar(source.event_params)) is not null then to_varchar(source.event_params) end as event_params,
    case when try_parse_json(to_varchar(source.device)) is not null then to_varchar(source.device) end as device,
    case when try_parse_json(to_varchar(source.collected_traffic_source)) is not null then to_varchar(source.collected_traffic_source) end as collected_traffic_source,
    case when try_parse_json(to_varchar(source.privacy_info)) is not null then to_varchar(source.privacy_info) end as privacy_info,
        cast(null as TEXT) as loaded_at,
        cast(null as timestamp) as native_loaded_at,
        to_json(object_construct_keep_null(*)) as raw
    from source
),

listed as (
    select
        *,
        as_array(try_parse_json(event_params)) as parameter_keys,
        as_array(try_parse_json(event_params)) as parameter_values
    from texts
),

parameters as (
    select
        *,
        coalesce(
        cast(get_path(get(filter(parameter_keys, parameter -> parameter:key::varchar = 'page_location'), 0), 'value.string_value') as varchar),
        cast(get_path(get(filter(parameter_keys, parameter -> parameter:key::varchar = 'page_location'), 0), 'value.int_value') as varchar),
        cast(get_path(get(filter(parameter_keys, parameter -> parameter:key::varchar = 'page_location'), 0), 'value.float_value') as varchar),
        cast(get_path(get(filter(parameter_keys, parameter -> parameter:key::varchar = 'page_location'), 0), 'value.double_value') as varchar)
    ) as page_location,
        coalesce(
        cast(get_path(get(filter(parameter_keys, parameter -> parameter:key::varchar = 'page_title'), 0), 'value.string_value') as varchar),
        cast(get_path(get(filter(parameter_keys, parameter -> parameter:key::varchar = 'page_title'), 0), 'value.int_value') as varchar),
        cast(get_path(get(filter(parameter_keys, parameter -> parameter:key::varchar = 'page_title'), 0), 'value.float_value') as varchar),
        cast(get_path(get(filter(parameter_keys, parameter -> parameter:key::varchar = 'page_title'), 0), 'value.double_value') as varchar)
    ) as page_title,
        coalesce(
        cast(get_path(get(filter(parameter_keys, parameter -> parameter:key::varchar = 'page_referrer'), 0), 'value.string_value') as varchar),
        cast(get_path(get(filter(parameter_keys, parameter -> parameter:key::varchar = 'page_referrer'), 0), 'value.int_value') as varchar),
        cast(get_path(get(filter(parameter_keys, parameter -> parameter:key::varchar = 'page_referrer'), 0), 'value.float_value') as varchar),
        cast(get_path(get(filter(parameter_keys, parameter -> parameter:key::varchar = 'page_referrer'), 0), 'value.double_value') as varchar)
    ) as page_referrer,
        coalesce(
        cast(get_path(get(filter(parameter_keys, parameter -> parameter:key::varchar = 'firebase_screen'), 0), 'value.string_value') as varchar),
        cast(get_path(get(filter(parameter_keys, parameter -> parameter:key::varchar = 'firebase_screen'), 0), 'value.int_value') as varchar),
        cast(get_path(get(filter(parameter_keys, parameter -> parameter:key::varchar = 'firebase_screen'), 0), 'value.float_value') as varchar),
        cast(get_path(get(filter(parameter_keys, parameter -> parameter:key::varchar = 'firebase_screen'), 0), 'value.double_value') as varchar)
    ) as firebase_screen,
        coalesce(
        cast(get_path(get(filter(parameter_keys, parameter -> parameter:key::varchar = 'firebase_screen_class'), 0), 'value.string_value') as varchar),
        cast(get_path(get(filter(parameter_keys, parameter -> parameter:key::varchar = 'firebase_screen_class'), 0), 'value.int_value') as varchar),
        cast(get_path(get(filter(parameter_keys, parameter -> parameter:key::varchar = 'firebase_screen_class'), 0), 'value.float_value') as varchar),
        cast(get_path(get(filter(parameter_keys, parameter -> parameter:key::varchar = 'firebase_screen_class'), 0), 'value.double_value') as varchar)
    ) as firebase_screen_class,
        coalesce(
        cast(get_path(get(filter(parameter_keys, parameter -> parameter:key::varchar = 'traffic_type'), 0), 'value.string_value') as varchar),
        cast(get_path(get(filter(parameter_keys, parameter -> parameter:key::varchar = 'traffic_type'), 0), 'value.int_value') as varchar),
        cast(get_path(get(filter(parameter_keys, parameter -> parameter:key::varchar = 'traffic_type'), 0), 'value.float_value') as varchar),
        cast(get_path(get(filter(parameter_keys, parameter -> parameter:key::varchar = 'traffic_type'), 0), 'value.double_value') as varchar)
    ) as traffic_type,
        coalesce(
        cast(get_path(get(filter(parameter_keys, parameter -> parameter:key::varchar = 'value'), 0), 'value.string_value') as varchar),
        cast(get_path(get(filter(parameter_keys, parameter -> parameter:key::varchar = 'value'), 0), 'value.int_value') as varchar),
        cast(get_path(get(filter(parameter_keys, parameter -> parameter:key::varchar = 'value'), 0), 'value.float_value') as varchar),
        cast(get_path(get(filter(parameter_keys, parameter -> parameter:key::varchar = 'value'), 0), 'value.double_value') as varchar)
    ) as value,
        coalesce(
        cast(get_path(get(filter(parameter_keys, parameter -> parameter:key::varchar = 'engagement_time_msec'), 0), 'value.string_value') as varchar),
        cast(get_path(get(filter(parameter_keys, parameter -> parameter:key::varchar = 'engagement_time_msec'), 0), 'value.int_value') as varchar),
        cast(get_path(get(filter(parameter_keys, parameter -> parameter:key::varchar = 'engagement_time_msec'), 0), 'value.float_value') as varchar),
        cast(get_path(get(filter(parameter_keys, parameter -> parameter:key::varchar = 'engagement_time_msec'), 0), 'value.double_value') as varchar)
    ) as engagement_time_msec,
        case
        when array_size(parameter_keys) > 0
            then '{' || array_to_string(
                transform(
                    parameter_keys,
                    parameter -> to_json(to_variant(parameter:key::varchar)) || ':' || coalesce(
                        to_json(to_variant(coalesce(
                            parameter:value:string_value::varchar, parameter:value:int_value::varchar,
                            parameter:value:float_value::varchar, parameter:value:double_value::varchar
                        ))),
                        'null'
                    )
                ),
                ','
            ) || '}'
    end as properties,
        cast(get_path(try_parse_json(collected_traffic_source), 'manual_source') as TEXT) as manual_source,
        cast(get_path(try_parse_json(collected_traffic_source), 'manual_medium') as TEXT) as manual_medium,
        -- a click on an ad of Google's own names no campaign but this
        cast(get_path(try_parse_json(collected_traffic_source), 'gclid') as TEXT) as ad_click
    from listed
),

renamed as (
    select
        -- The export has no event id, and events of one batch share their time. What tells them apart is their place in
        -- the batch, where the export is recent enough to give it, else what they say. Not the rest of the row: a
        -- day is exported again with attributes filled in since. Events of one time are ordered by their id, so that
        -- place comes first in it; the markers that GA4 adds at the time of a first event come before it, so that the
        -- dwell is the page view's.
        case when event_name in ('session_start', 'first_visit') then '0' else '1' end
        || lpad(coalesce(batch_ordering_id, ''), 6, '0') || lpad(coalesce(batch_event_index, ''), 4, '0') || '-'
        || md5(
        coalesce(cast(stream_id as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(user_pseudo_id as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(event_name as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(event_timestamp as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(event_bundle_sequence_id as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(batch_page_id as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(batch_ordering_id as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(batch_event_index as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(case when batch_event_index is null then properties end as TEXT), chr(30))) as event_id,
        event_timestamp as event_at,
        loaded_at,
        native_loaded_at,
        stream_id as site_id,
        platform as channel,
        user_pseudo_id as visitor_id,
        user_id as customer_id,
        event_name as event_type,
        coalesce(page_location, firebase_screen, firebase_screen_class) as page_url,
        page_title,
        page_referrer as referrer_url,
        -- of this event; `traffic_source` would be the first that the visitor ever came from
        coalesce(manual_source, case when ad_click is not null then 'google' end) as utm_source,
        coalesce(manual_medium, case when ad_click is not null then 'cpc' end) as utm_medium,
        cast(get_path(try_parse_json(collected_traffic_source), 'manual_campaign_name') as TEXT) as utm_campaign,
        cast(get_path(try_parse_json(device), 'category') as TEXT) as device_type,
        cast(get_path(try_parse_json(device), 'language') as TEXT) as language,
        -- 'Unset' is no answer
        nullif(cast(get_path(try_parse_json(privacy_info), 'analytics_storage') as TEXT), 'Unset') as has_consent,
        case when traffic_type = 'internal' then 'true' end as is_internal,
        value as event_value,
        try_cast(engagement_time_msec as double) / 1000 as engaged_seconds,
        properties,
        raw
    from parameters
),

final as (
    select
        'ga4' as source,

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
    cast(null as TEXT) as user_agent,
    cast(language as TEXT) as language,
    cast(has_consent as TEXT) as has_consent,
    cast(is_internal as TEXT) as is_internal,
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
