{{ config(materialized='incremental', unique_key='event_id', on_schema_change='append_new_columns') }}

with arrived as (
    select * from {{ ref('source_events') }} as arrivals -- noqa: AL05
    where
        verdict = 'accepted'
        {% if is_incremental() %}
        and {{ clickintent.in_load_window('arrivals') }}
        {% endif %}
),

-- of rows with one id the first loaded wins; the content decides between rows of one load
winners as (
    select *
    from arrived
    qualify row_number() over (partition by event_id order by loaded_at, content_hash) = 1
),

new_events as (
    select winners.*
    from winners
    {% if is_incremental() %}
    left join {{ this }} as known on winners.event_id = known.event_id
    where
        known.event_id is null
        or winners.loaded_at < known.loaded_at
        or (winners.loaded_at = known.loaded_at and winners.content_hash < known.content_hash)
    {% endif %}
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
        cast(properties as json) as properties,
        content_hash
    from new_events
)

select * from final
