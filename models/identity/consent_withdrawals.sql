{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='visitor_hash',
    on_schema_change='append_new_columns',
    pre_hook=["{{ clickintent.require_all_files() }}", "{{ clickintent.require_all_loads() }}"]
) }}
{%- set visitor = ['source', 'site_id', 'channel', 'visitor_id'] %}

with refused as (
    select * from {{ ref('source_events') }} as arrivals -- noqa: AL05
    where
        verdict = 'refused'
        -- says it again, so that the few refusals are found before the many other rows are parsed
        and has_consent is false
        {% if is_incremental() %}
        and is_to_read
        {% endif %}
),

events as (
    select * from {{ ref('stg_events') }}
),

timed as (
    select
        {{ visitor | join(', ') }},
        case
            -- a clock that runs ahead must not outlaw consents yet to come: then the load tells the time
            when event_at is not null and not (has_load_time and coalesce(reason = 'future_timestamp', false)) then event_at
            when has_load_time then loaded_at
            -- a refusal whose time nobody knows holds for good
            else timestamp '2100-01-01'
        end as refused_at
    from refused
    where visitor_id is not null
),

visitors as (
    select {{ visitor | join(', ') }}, max(refused_at) as refused_at
    from timed
    group by {{ visitor | join(', ') }}
),

-- what a refusing visitor sent is stored nowhere, and their id is no exception: hence the hash
refusals as (
    select
        {{ clickintent.stable_hash(visitor) }} as visitor_hash,
        source,
        refused_at,
        false as has_load_time,
        cast(null as timestamp) as loaded_at
    from visitors
),

-- How far the sources were read, told by the events accepted just before. Without these rows, a site where nobody
-- refuses would be read in full every time.
read_marks as (
    select
        {{ clickintent.stable_hash(['source']) }} as visitor_hash,
        source,
        cast(null as timestamp) as refused_at,
        true as has_load_time,
        max(loaded_at) as loaded_at
    from events
    where has_load_time and loaded_at <= cast('{{ clickintent.clock() }}' as timestamp)
    group by source
),

combined as (
    select * from refusals
    union all
    select * from read_marks
),

final as (
    select combined.*
    from combined
    {% if is_incremental() %}
    left join {{ this }} as known on combined.visitor_hash = known.visitor_hash
    where known.visitor_hash is null or combined.refused_at > known.refused_at or combined.loaded_at <> known.loaded_at
    {% endif %}
)

select * from final
