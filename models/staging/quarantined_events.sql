{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='event_id',
    on_schema_change='append_new_columns',
    pre_hook="{{ clickintent.require_all_loads() }}",
    post_hook="{{ clickintent.drop_accepted_from_quarantine() }}"
) }}

with arrived as (
    select * from {{ ref('source_events') }} as arrivals -- noqa: AL05
    where
        verdict = 'quarantined'
        {% if is_incremental() %}
        and is_to_read
        {% endif %}
),

accepted as (
    select event_id from {{ ref('stg_events') }}
),

-- a correction carries the id of the row it corrects: the corrected row leaves the quarantine
uncorrected as (
    select arrived.*
    from arrived
    left join accepted on arrived.event_id = accepted.event_id
    where accepted.event_id is null
    qualify row_number() over (
        partition by arrived.event_id order by {{ clickintent.load_order(also=['reason', 'raw']) }}
    ) = 1
),

final as (
    select
        uncorrected.event_id,
        uncorrected.source,
        uncorrected.raw,
        uncorrected.reason,
        uncorrected.loaded_at,
        uncorrected.has_load_time,
        uncorrected.load_batch,
        uncorrected.content_hash
    from uncorrected
    {% if is_incremental() %}
    left join {{ this }} as known on uncorrected.event_id = known.event_id
    where known.event_id is null or {{ clickintent.is_loaded_before('uncorrected', 'known', also=['reason', 'raw']) }}
    {% endif %}
)

select * from final
