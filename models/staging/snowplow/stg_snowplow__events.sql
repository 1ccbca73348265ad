{{ config(enabled='snowplow' in clickintent.event_sources(), materialized='view') }}
{%- set nobody = "'00000000-0000-0000-0000-000000000000'" %}
{%- set self_describing = [] %}
{%- for name in clickintent.columns_found(source('snowplow', 'events')) if name.lower().startswith('unstruct_event_') %}
    {%- do self_describing.append(name.lower()) %}
{%- endfor %}

with source as (
    select * from {{ clickintent.source_table('snowplow', 'events') }}
),

texts as (
    select
        {{ clickintent.relation_texts(
            source('snowplow', 'events'),
            required=['event_id', 'collector_tstamp', 'event', 'event_name'],
            columns=[
                'derived_tstamp', 'load_tstamp', 'app_id', 'platform', 'domain_userid', 'network_userid', 'user_id',
                'se_category', 'se_action', 'se_label', 'se_property', 'se_value', 'tr_orderid', 'tr_total', 'page_url',
                'page_title', 'page_referrer', 'mkt_source', 'mkt_medium', 'mkt_campaign', 'dvce_type', 'useragent', 'br_lang'
            ],
            documents=[
                'contexts', 'contexts_com_snowplowanalytics_snowplow_client_session_1',
                'contexts_com_snowplowanalytics_snowplow_mobile_context_1', 'contexts_com_snowplowanalytics_mobile_screen_1',
                'contexts_com_snowplowanalytics_mobile_screen_summary_1', 'unstruct_event'
            ] + self_describing
        ) }}
        {{ clickintent.native_load_time_of(source('snowplow', 'events'), ['load_tstamp', 'collector_tstamp']) }}
        {{ clickintent.raw_row('source') }} as raw
    from source
),

-- what mobile trackers and self-describing events say is in documents
unpacked as (
    select
        *,
        {{ clickintent.snowplow_entity('com_snowplowanalytics_snowplow', 'client_session', 'userId') }} as device_user_id,
        {{ clickintent.snowplow_entity('com_snowplowanalytics_snowplow', 'mobile_context', 'appleIdfv') }} as vendor_device_id,
        {{ clickintent.snowplow_entity('com_snowplowanalytics_snowplow', 'mobile_context', 'language') }} as device_language,
        {{ clickintent.snowplow_entity('com_snowplowanalytics_mobile', 'screen', 'name') }} as screen_name,
        {{ clickintent.snowplow_entity('com_snowplowanalytics_mobile', 'screen_summary', 'foreground_sec') }} as foreground_seconds,
        coalesce(
            {{ (self_describing + [clickintent.json_field('unstruct_event', 'data.data')]) | join(',\n            ') }},
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
            {%- for id in ['domain_userid', 'device_user_id', 'vendor_device_id', 'network_userid'] %}
            nullif(nullif(trim({{ id }}), {{ nobody }}), ''){{ ',' if not loop.last }}
            {%- endfor %}
        ) as visitor_id,
        user_id as customer_id,
        -- 'event' is the name of every structured event: what happened is its action
        case
            when event = 'struct' then coalesce({{ clickintent.event_name('se_action') }}, 'struct')
            else coalesce(event_name, event)
        end as event_type,
        coalesce(
            page_url,
            case when event_name = 'screen_view' then {{ clickintent.json_field('event_document', 'name') }} end,
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
            when event = 'page_ping' then '{{ clickintent.source_setting("snowplow", "heartbeat_seconds", 10) }}'
            when event_name = 'screen_end' then foreground_seconds
        end as engaged_seconds,
        case
            when event = 'struct' then {{ clickintent.json_object_text({
                'category': 'se_category', 'action': 'se_action', 'label': 'se_label', 'property': 'se_property'
            }) }}
            when tr_orderid is not null then {{ clickintent.json_object_text({'order_id': 'tr_orderid'}) }}
            else event_document
        end as properties,
        raw
    from unpacked
),

final as (
    select
        'snowplow' as source,
        {{ clickintent.select_event_contract(
            clickintent.event_contract_columns() | reject('in', ['has_consent', 'is_internal']) | list
        ) }}
        native_loaded_at,
        raw,
        cast(null as {{ dbt.type_string() }}) as load_batch
    from renamed
)

select * from final
