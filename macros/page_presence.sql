{#
    CTEs that end in `presence`: how long the pages of sessions with heartbeats were looked at. A heartbeat (a page ping,
    an unload) says only that a page is still open: it never ends the dwell of the event before it, it prolongs that of
    the last one, and the engaged time it reports belongs to that event. Where a source sends no heartbeats there is
    nothing to do, and no row. Columns: visitor_number, event_number, dwell_seconds, engaged_seconds.
#}
{% macro page_presence(events, row_key) -%}
heartbeat_sessions as {{ clickintent.materialized() }} (
    select distinct visitor_number, session_number from placed where is_heartbeat
),

kept_open as (
    select
        placed.visitor_number,
        placed.session_number,
        placed.event_number,
        placed.event_at,
        placed.is_heartbeat,
        placed.row_key,
        -- a heartbeat that comes before any page is on its own
        coalesce(max(case when not placed.is_heartbeat then placed.event_number end) over (
            partition by placed.visitor_number, placed.session_number order by placed.event_number
            rows between unbounded preceding and current row
        ), placed.event_number) as page_number
    from placed
    where exists (
        select 1 from heartbeat_sessions
        where
            heartbeat_sessions.visitor_number = placed.visitor_number
            and heartbeat_sessions.session_number = placed.session_number
    )
),

looks as (
    select
        kept_open.visitor_number,
        kept_open.session_number,
        kept_open.page_number as event_number,
        min(case when kept_open.is_heartbeat then 1 else 0 end) = 1 as is_heartbeat_alone,
        count(*) > 1 as is_kept_open,
        min(kept_open.event_at) as opened_at,
        max(kept_open.event_at) as last_seen_at,
        {{ clickintent.exact_sum('events.engaged_seconds') }} as engaged_seconds
    from kept_open
    inner join {{ events }} as events on kept_open.row_key = events.{{ row_key }}
    group by kept_open.visitor_number, kept_open.session_number, kept_open.page_number
),

presence as (
    select
        visitor_number,
        event_number,
        case
            when is_heartbeat_alone then null
            else {{ clickintent.seconds_between(
                'opened_at',
                'coalesce(lead(opened_at) over (partition by visitor_number, session_number order by event_number),'
                ~ ' case when is_kept_open then last_seen_at end)'
            ) }}
        end as dwell_seconds,
        engaged_seconds
    from looks
)
{%- endmacro %}
