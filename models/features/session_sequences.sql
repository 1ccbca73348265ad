{{ config(
    materialized='incremental',
    incremental_strategy='apply_changes',
    unique_key='session_id',
    on_schema_change='append_new_columns'
) }}
{%- set keep = var('sequence_events') %}

with {{ clickintent.stale_sessions() }},

-- Lists of numbers are quick to make and to sort, lists of texts are not: the texts are put in last. All lists are in memory
-- at once, so the numbers are as small as they can be.
numbered_pages as (
    select page_hash, page_key, cast(row_number() over (order by page_key) as integer) as page_number from {{ ref('pages') }}
),

numbered_types as (
    select event_type, cast(row_number() over (order by event_type) as integer) as type_number
    from (select distinct event_type from {{ 'placed' if is_incremental() else ref('placed_events') }}) as event_types
),

names as (
    select
        (select list(page_key order by page_number) from numbered_pages) as page_keys,
        (select list(event_type order by type_number) from numbered_types) as event_types
),

events as (
    select
        placed.session_id,
        cast(placed.event_index as integer) as event_index,
        numbered_pages.page_number,
        numbered_types.type_number,
        placed.dwell_seconds,
        placed.seconds_since_previous,
        cast((isodow(placed.event_time) - 1) * 24 + hour(placed.event_time) as smallint) as week_hour,
        placed.event_value
    from placed
    left join numbered_pages on placed.page_hash = numbered_pages.page_hash
    left join numbered_types on placed.event_type = numbered_types.event_type
),

listed as (
    select
        session_id,
        {{ clickintent.ordered_rows(
            ['event_index', 'page_number', 'type_number', 'dwell_seconds', 'seconds_since_previous', 'week_hour', 'event_value'], keep
        ) }} as events
    from events
    group by 1
),

-- Before the texts come in: a join would copy all names to every row. A left join, though all have their session: the lists
-- pass by, and the sessions are what is looked up.
sequences as materialized (
    select stale.*, listed.events
    from listed
    left join stale on listed.session_id = stale.session_id
),

final as (
    select
        sequences.session_id,
        sequences.source,
        sequences.site_id,
        sequences.channel,
        sequences.visitor_id,
        sequences.device_type,
        sequences.referrer_medium,
        sequences.started_at,
        {{ clickintent.list_of('sequences.events', "coalesce(names.page_keys[event.page_number], '')") }} as page_keys,
        {{ clickintent.list_of('sequences.events', 'names.event_types[event.type_number]') }} as event_types,
        {{ clickintent.list_of('sequences.events', 'event.dwell_seconds') }} as dwell_seconds,
        {{ clickintent.list_of('sequences.events', 'event.seconds_since_previous') }} as gap_seconds,
        {{ clickintent.list_of('sequences.events', 'cast(event.week_hour % 24 as integer)') }} as hours,
        {{ clickintent.list_of('sequences.events', 'cast(floor(event.week_hour / 24) as integer)') }} as weekdays,
        {{ clickintent.list_of('sequences.events', 'event.event_value') }} as event_values,
        greatest(sequences.event_count - {{ keep }}, 0) as truncated_count,
        sequences.is_bot,
        sequences.content_hash
    from sequences
    cross join names
)

{{ clickintent.final_and_gone('session_id') }}
