{#
    CTEs that end in `sequences`: every session of CTE `stale`, all its columns, and lists of equal length of its last `keep`
    events in CTE `placed`, in order: page_keys, event_types, dwell_seconds, gap_seconds, hours, weekdays, event_values.
#}
{% macro event_lists(keep) -%}
    {{ return(adapter.dispatch('event_lists', 'clickintent')(keep)) }}
{%- endmacro %}

{#-
    Lists of numbers are quick to make and to sort in DuckDB, lists of texts are not: the texts are put in last. All lists are
    in memory at once, and what each field of their rows takes counts: the numbers of an event are packed into three.
-#}
{% macro default__event_lists(keep) -%}
{#- How high the numbers go that are packed. The cap of a session's events and the idle limit may have been higher when the
    events were placed: both stand first, where that does no harm. #}
{%- set place_limits = {'event_index': var('session_max_events'), 'week_hour': 167, 'type_number': 2 ** 31 - 1} %}
{%- set time_limits = {
    'gap_microseconds': ((var('idle_minutes').values() | list + [30]) | max * 60 * 1000000) | int,
    'dwell_microseconds': (var('max_dwell_seconds') * 1000000) | int
} %}
{%- set event_index = clickintent.unpacked_number('event.place', place_limits, 'event_index') %}
{%- set week_hour = clickintent.unpacked_number('event.place', place_limits, 'week_hour') %}
{%- set type_number = clickintent.unpacked_number('event.place', place_limits, 'type_number') %}
{%- set gap_microseconds = clickintent.unpacked_number('event.time', time_limits, 'gap_microseconds') %}
{%- set dwell_microseconds = clickintent.unpacked_number('event.time', time_limits, 'dwell_microseconds') %}
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
        placed.event_index,
        {{ clickintent.week_day('placed.event_time') }} * 24 + hour(placed.event_time) as week_hour,
        numbered_types.type_number,
        numbered_pages.page_number,
        cast(round(placed.seconds_since_previous * 1e6) as bigint) as gap_microseconds,
        {{ clickintent.at_most('cast(round(placed.dwell_seconds * 1e6) as bigint)', time_limits['dwell_microseconds']) }}
            as dwell_microseconds,
        placed.event_value
    from placed
    left join numbered_pages on placed.page_hash = numbered_pages.page_hash
    left join numbered_types on placed.event_type = numbered_types.event_type
),

listed as (
    select
        session_id,
        list_slice(list_sort(list({
            'place': {{ clickintent.packed_numbers(place_limits) }},
            'page_number': page_number,
            'time': {{ clickintent.packed_numbers(time_limits) }}
        })), -{{ keep }}, -1) as events,
        -- few events have one
        map_from_entries(list({'number': event_index, 'value': event_value}) filter (event_value is not null)) as event_values
    from events
    group by 1
),

-- Before the texts come in: a join would copy all names to every row. A left join, though all have their session: the lists
-- pass by, and the sessions are what is looked up.
numbered_sequences as materialized (
    select stale.*, listed.events, listed.event_values as values_by_index
    from listed
    left join stale on listed.session_id = stale.session_id
),

sequences as (
    select
        numbered_sequences.* exclude (events, values_by_index),
        {%- for name, value in {
            'page_keys': "coalesce(names.page_keys[event.page_number], '')",
            'event_types': 'names.event_types[' ~ type_number ~ ']',
            'dwell_seconds': dwell_microseconds ~ ' / 1e6',
            'gap_seconds': gap_microseconds ~ ' / 1e6',
            'hours': 'cast(' ~ week_hour ~ ' % 24 as integer)',
            'weekdays': 'cast(' ~ week_hour ~ ' // 24 as integer)',
            'event_values': 'values_by_index[' ~ event_index ~ ']'
        }.items() %}
        list_transform(events, lambda event: {{ value }}) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from numbered_sequences
    cross join names
)
{%- endmacro %}

{#- Snowflake aggregates in parallel on many machines, and an ARRAY holds values of any type: nothing is packed -#}
{% macro snowflake__event_lists(keep) -%}
last_events as (
    select
        placed.session_id,
        placed.event_index,
        coalesce(pages.page_key, '') as page_key,
        placed.event_type,
        {{ clickintent.at_most('placed.dwell_seconds', var('max_dwell_seconds')) }} as dwell_seconds,
        placed.seconds_since_previous as gap_seconds,
        hour(placed.event_time) as hour_of_day,
        {{ clickintent.week_day('placed.event_time') }} as week_day,
        placed.event_value
    from placed
    left join {{ ref('pages') }} as pages on placed.page_hash = pages.page_hash
    qualify row_number() over (partition by placed.session_id order by placed.event_index desc nulls last) <= {{ keep }}
),

listed as (
    select
        session_id,
        {%- for name, value in {
            'page_keys': 'page_key', 'event_types': 'event_type', 'dwell_seconds': 'dwell_seconds', 'gap_seconds': 'gap_seconds',
            'hours': 'hour_of_day', 'weekdays': 'week_day', 'event_values': 'event_value'
        }.items() %}
        {{ clickintent.list_agg(value, 'event_index') }} as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from last_events
    group by session_id
),

sequences as (
    select stale.*, listed.* exclude (session_id)
    from listed
    inner join stale on listed.session_id = stale.session_id
)
{%- endmacro %}
