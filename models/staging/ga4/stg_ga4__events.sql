{{ config(enabled='ga4' in clickintent.event_sources(), materialized='view') }}
{%- set load_time = clickintent.source_setting('ga4', 'loaded_at') %}
{%- set parameters = [
    'page_location', 'page_title', 'page_referrer', 'firebase_screen', 'firebase_screen_class', 'traffic_type', 'value',
    'engagement_time_msec'
] %}

with source as (
    select * from {{ clickintent.source_table('ga4', 'events') }}
),

texts as (
    select
        {{ clickintent.relation_texts(
            source('ga4', 'events'),
            required=['event_timestamp', 'event_name', 'user_pseudo_id'],
            columns=[
                'user_id', 'platform', 'stream_id', 'event_bundle_sequence_id', 'batch_page_id', 'batch_ordering_id',
                'batch_event_index'
            ],
            documents=['event_params', 'device', 'collected_traffic_source', 'privacy_info']
        ) }}
        cast({{ 'source.' ~ load_time if load_time else 'null' }} as {{ dbt.type_string() }}) as loaded_at,
        {{ clickintent.native_load_time_of(source('ga4', 'events'), [load_time] if load_time else []) }}
        {{ clickintent.raw_row('source') }} as raw
    from source
),

listed as (
    select
        *,
        {{ clickintent.ga4_keys('event_params') }} as parameter_keys,
        {{ clickintent.ga4_values('event_params') }} as parameter_values
    from texts
),

parameters as (
    select
        *,
        {%- for key in parameters %}
        {{ clickintent.ga4_parameter('parameter_keys', 'parameter_values', key) }} as {{ key }},
        {%- endfor %}
        {{ clickintent.ga4_parameters('parameter_keys', 'parameter_values') }} as properties,
        {{ clickintent.json_field('collected_traffic_source', 'manual_source') }} as manual_source,
        {{ clickintent.json_field('collected_traffic_source', 'manual_medium') }} as manual_medium,
        -- a click on an ad of Google's own names no campaign but this
        {{ clickintent.json_field('collected_traffic_source', 'gclid') }} as ad_click
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
        || {{ clickintent.stable_hash([
            'stream_id', 'user_pseudo_id', 'event_name', 'event_timestamp', 'event_bundle_sequence_id', 'batch_page_id',
            'batch_ordering_id', 'batch_event_index', 'case when batch_event_index is null then properties end'
        ]) }} as event_id,
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
        {{ clickintent.json_field('collected_traffic_source', 'manual_campaign_name') }} as utm_campaign,
        {{ clickintent.json_field('device', 'category') }} as device_type,
        {{ clickintent.json_field('device', 'language') }} as language,
        -- 'Unset' is no answer
        nullif({{ clickintent.json_field('privacy_info', 'analytics_storage') }}, 'Unset') as has_consent,
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
        {{ clickintent.select_event_contract(clickintent.event_contract_columns() | reject('in', ['user_agent']) | list) }}
        native_loaded_at,
        raw,
        cast(null as {{ dbt.type_string() }}) as load_batch
    from renamed
)

select * from final
