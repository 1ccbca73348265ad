{{ config(
    materialized='incremental',
    incremental_strategy='apply_changes',
    unique_key=['event_id', 'event_at'],
    on_schema_change='append_new_columns',
    pre_hook=["{{ clickintent.forget_load_batches() }}", "{{ clickintent.require_all_loads() }}"]
) }}

with arrived as (
    select * from {{ ref('source_events') }} as arrivals -- noqa: AL05
    where
        verdict = 'accepted'
        {% if is_incremental() %}
        and is_to_read
        {% endif %}
),

{%- if is_incremental() %}

-- first, so that a build which reads much that is known compares little
unknown as (
    select arrived.*, known.event_id as known_id, known.event_at as known_at
    from arrived
    left join {{ this }} as known on arrived.event_id = known.event_id
    where known.event_id is null or {{ clickintent.is_loaded_before('arrived', 'known') }}
),

-- rows that make way for one that was loaded before them
gone as (
    select distinct known_id as event_id, known_at as event_at from unknown
    where known_id is not null
),
{%- endif %}

-- of rows with one id the first loaded wins; the content decides between rows of one load
new_events as (
    select *
    from {{ 'unknown' if is_incremental() else 'arrived' }}
    qualify row_number() over (partition by event_id order by {{ clickintent.load_order() }}) = 1
),

final as (
    select
        event_id,
        event_at,
        loaded_at,
        has_load_time,
        source,
        site_id,
        channel,
        visitor_id,
        customer_id,
        event_type,
        page_url,
        page_key,
        page_title,
        referrer_url,
        referrer_medium,
        utm_source,
        utm_medium,
        utm_campaign,
        device_type,
        user_agent,
        language,
        has_consent,
        is_internal,
        event_value,
        engaged_seconds,
        cast(properties as {{ clickintent.type_json() }}) as properties,
        load_batch,
        content_hash
    from new_events
)

{{ clickintent.final_and_gone(['event_id', 'event_at']) }}
