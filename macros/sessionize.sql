{#
    CTEs that end in `placed`: where each row of `events` belongs. The rules, in their order: a gap of more than the idle
    limit ends a block; another campaign (if switched on) ends a session inside it; so does a session that has lasted
    `session_max_hours` or holds `session_max_events`. Midnight and logins never do. Nothing outside a block decides
    what happens inside it, which is what an incremental run rests on.

    `events` is read for its visitor columns, event_id, event_at, event_type and utm_campaign; (event_at, event_id) is a
    total order within a visitor. `row_key` names a row of it. A CTE `heartbeat_types` is expected. Only numbers are sorted
    twice: text is slow to move.

    Columns of `placed`: row_key, visitor_number, event_number (position in the visitor's stream), event_at, is_heartbeat,
    gap_seconds, next_seconds (to the event after it, in whatever session), block_started_at, session_number (event_number
    of the session's first event), is_exit, is_capped.
#}
{% macro sessionize(events, visitor, row_key) -%}
{%- set columns = visitor | join(', ') %}
{%- set splits_on_campaign = var('split_on_campaign') %}
{%- set in_order = '(partition by visitors.visitor_number order by events.event_at, events.event_id)' %}
{%- set so_far = '(partition by visitor_number order by event_number rows between unbounded preceding and current row)' %}
-- text is compared once, to number the visitors; from here on a visitor is a number
visitors as (
    select
        *,
        cast(row_number() over ({{ clickintent.any_order(visitor) }}) as integer) as visitor_number,
        {{ clickintent.hash_number(clickintent.joined_text(visitor)) }} as visitor_hash
    from (select distinct {{ columns }} from {{ events }}) as distinct_visitors
),

timeline as (
    select
        events.{{ row_key }} as row_key,
        visitors.visitor_number,
        events.event_at,
        cast(row_number() over {{ in_order }} as integer) as event_number,
        {{ clickintent.seconds_between('lag(events.event_at) over ' ~ in_order, 'events.event_at') }} as gap_seconds,
        {{ clickintent.seconds_between('events.event_at', 'lead(events.event_at) over ' ~ in_order) }} as next_seconds,
        {{ clickintent.idle_seconds('visitors.channel') }} as idle_seconds,
        heartbeat_types.event_type is not null as is_heartbeat
        {%- if splits_on_campaign %},
        events.utm_campaign
        {%- endif %}
    from {{ events }} as events
    left join visitors
        on {% for column in visitor %}events.{{ column }} = visitors.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
    left join heartbeat_types on events.event_type = heartbeat_types.event_type
),

blocks as (
    select
        timeline.*,
        max(case when gap_seconds is null or gap_seconds > idle_seconds then event_number end) over {{ so_far }} as block_number,
        max(case when gap_seconds is null or gap_seconds > idle_seconds then event_at end) over {{ so_far }} as block_started_at
    from timeline
),

{% if splits_on_campaign -%}
-- only landing pages carry a campaign: it is in force until another one comes
campaigns as (
    select
        blocks.*,
        last_value(utm_campaign ignore nulls) over (
            partition by visitor_number, block_number order by event_number
            rows between unbounded preceding and 1 preceding
        ) as campaign_in_force
    from blocks
),

campaign_breaks as (
    select
        campaigns.*,
        event_number = block_number
        or (utm_campaign is not null and utm_campaign is distinct from campaign_in_force) as is_break
    from campaigns
),

segments as (
    select
        campaign_breaks.*,
        max(case when is_break then event_number end) over {{ so_far }} as segment_number,
        max(case when is_break then event_at end) over {{ so_far }} as segment_started_at,
        coalesce(lead(is_break) over (partition by visitor_number order by event_number), true) as is_last
    from campaign_breaks
),
{%- else -%}
segments as (
    select
        blocks.*,
        block_number as segment_number,
        block_started_at as segment_started_at,
        next_seconds is null or next_seconds > idle_seconds as is_last
    from blocks
),
{%- endif %}

{{ clickintent.cut_long_segments() }},

-- two parts, not one outer join: nearly all events are in the first, and the planner sees that
placed as (
    select
        {%- for column in ['row_key', 'visitor_number', 'event_number', 'event_at', 'is_heartbeat', 'gap_seconds', 'next_seconds', 'block_started_at'] %}
        {{ column }},
        {%- endfor %}
        segment_number as session_number,
        is_last as is_exit,
        false as is_capped
    from segments
    where not exists (
        select 1 from long_segments
        where
            long_segments.visitor_number = segments.visitor_number
            and long_segments.segment_number = segments.segment_number
    )
    union all
    select
        {%- for column in ['row_key', 'visitor_number', 'event_number', 'event_at', 'is_heartbeat', 'gap_seconds', 'next_seconds', 'block_started_at'] %}
        {{ column }},
        {%- endfor %}
        session_number,
        is_exit,
        is_capped
    from cut_events
)
{%- endmacro %}

{# Idle limit of a channel in seconds, from var `idle_minutes`; 30 minutes where it names none. #}
{% macro idle_seconds(channel) -%}
    case {{ channel }}
        {%- for name, minutes in var('idle_minutes').items() %}
        when '{{ name }}' then {{ minutes }} * 60
        {%- endfor %}
        else 30 * 60
    end
{%- endmacro %}

{#
    CTEs that end in `cut_events`: the events of those segments that outlast a session's limits, with the session each
    falls into. A session is cut off at its limit and the next begins at once, so where one ends depends on where it
    began: hence the recursion, over the few segments that need it. Rows are chosen by `exists`: DuckDB's planner expects a
    join to multiply them, and would plan all that comes after for a thousand times the events. Columns: those of
    `segments`, session_number, is_exit, is_capped (a limit ended the session; the last one of a segment ends by itself).
#}
{% macro cut_long_segments() -%}
{%- set max_events = var('session_max_events') -%}
{%- set max_hours = var('session_max_hours') -%}
{%- set in_segment = 'partition by visitor_number, segment_number order by event_number' -%}
long_segments as (
    select distinct visitor_number, segment_number
    from segments
    where
        event_number - segment_number >= {{ max_events }}
        or {{ clickintent.seconds_between('segment_started_at', 'event_at') }} >= {{ max_hours }} * 3600
),

-- for each of their events: where the next session would start, if one started here
jumps as (
    select
        segments.*,
        event_number + least(
            {{ max_events }},
            -- events before the time limit that follow this one in order; ties with it that come earlier are not among them
            count(*) over (
                partition by visitor_number, segment_number order by {{ clickintent.epoch_microseconds('event_at') }}
                range between unbounded preceding and {{ (max_hours * 3600 * 1000000) | int - 1 }} following
            ) - (event_number - segment_number)
        ) as next_number
    from segments
    where exists (
        select 1 from long_segments
        where
            long_segments.visitor_number = segments.visitor_number
            and long_segments.segment_number = segments.segment_number
    )
),

cuts (visitor_number, segment_number, event_number, next_number) as (
    select visitor_number, segment_number, event_number, next_number
    from jumps
    where event_number = segment_number
    union all
    select jumps.visitor_number, jumps.segment_number, jumps.event_number, jumps.next_number
    from cuts
    inner join jumps
        on cuts.visitor_number = jumps.visitor_number
        and cuts.segment_number = jumps.segment_number
        and cuts.next_number = jumps.event_number
),

marked as (
    select jumps.*, true as is_start from jumps
    where exists (
        select 1 from cuts where cuts.visitor_number = jumps.visitor_number and cuts.event_number = jumps.event_number
    )
    union all
    select jumps.*, false as is_start from jumps
    where not exists (
        select 1 from cuts where cuts.visitor_number = jumps.visitor_number and cuts.event_number = jumps.event_number
    )
),

cut_events as (
    select
        *,
        max(case when is_start then event_number end) over (
            {{ in_segment }} rows between unbounded preceding and current row
        ) as session_number,
        coalesce(lead(is_start) over ({{ in_segment }}), true) as is_exit,
        coalesce(max(case when is_start then event_number end) over (
            {{ in_segment }} rows between 1 following and unbounded following
        ), 0) > 0 as is_capped
    from marked
)
{%- endmacro %}
