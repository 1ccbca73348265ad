{{ config(enabled='segment' in clickintent.event_sources(), materialized='view') }}
{%- set page_columns = ['url', 'title', 'referrer', 'name', 'category', 'event'] %}
{#- a trait of a person, such as a name, has the name of a page's column in the table of identify calls #}
{%- set withheld = {
    'pages': ['event'],
    'screens': ['url', 'title', 'referrer', 'event'],
    'tracks': ['url', 'title', 'referrer', 'name', 'category'],
    'identifies': page_columns
} %}
{%- set calls = [] %}
{%- for call in withheld if clickintent.source_setting('segment', call, call) is not none %}
    {%- do calls.append(call) %}
{%- endfor %}
{%- if not calls %}
    {{ exceptions.raise_compiler_error("source_settings leaves no table of segment to read: one of pages, screens, tracks, identifies must be there.") }}
{%- endif %}

with
{%- for call in calls %}
{{ call }} as (
    select
        '{{ call }}' as call,
        {{ clickintent.relation_texts(
            source('segment', call),
            required=['id', 'received_at'],
            columns=[
                'anonymous_id', 'user_id', 'timestamp', 'original_timestamp', 'uuid_ts', 'context_page_url', 'context_page_title',
                'context_page_referrer', 'context_campaign_source', 'context_campaign_medium', 'context_campaign_name',
                'context_user_agent', 'context_locale', 'context_device_type'
            ] + page_columns,
            withheld=withheld[call]
        ) }}
        {{ clickintent.native_load_time_of(source('segment', call), ['uuid_ts', 'received_at']) }}
        {{ clickintent.raw_row('source') }} as raw
    from {{ clickintent.source_table('segment', call) }} as source
),
{% endfor %}
arrived as (
    {%- for call in calls %}
    select * from {{ call }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
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
            else coalesce({{ clickintent.event_name('event') }}, 'track')
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
            when coalesce(name, category) is not null then {{ clickintent.json_object_text({'name': 'name', 'category': 'category'}) }}
        end as properties,
        raw
    from arrived
),

final as (
    select
        'segment' as source,
        {{ clickintent.select_event_contract(
            clickintent.event_contract_columns()
            | reject('in', ['site_id', 'has_consent', 'is_internal', 'event_value', 'engaged_seconds']) | list
        ) }}
        native_loaded_at,
        raw,
        cast(null as {{ dbt.type_string() }}) as load_batch
    from renamed
)

select * from final
