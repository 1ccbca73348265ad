alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.placed_events
    copy grants

    as (select * from (

with recursive heartbeat_types as (
    select event_type from CLICKINTENT.ANALYTICS.event_types where is_heartbeat
),

pages as (
    select page_key, page_hash from CLICKINTENT.ANALYTICS.pages
),

user_agents as (
    select user_agent, is_bot from CLICKINTENT.ANALYTICS.user_agents
),

-- text is compared once, to number the visitors; from here on a visitor is a number
visitors as (
    select
        *,
        cast(row_number() over (order by source, site_id, channel, visitor_id) as integer) as visitor_number,
        to_number(left(md5(
        coalesce(cast(source as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(site_id as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(channel as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(visitor_id as TEXT), chr(30))), 15), 'XXXXXXXXXXXXXXX') as visitor_hash
    from (select distinct source, site_id, channel, visitor_id from CLICKINTENT.ANALYTICS.stg_events) as distinct_visitors
),

timeline as (
    select
        events.event_id as row_key,
        visitors.visitor_number,
        events.event_at,
        cast(row_number() over (partition by visitors.visitor_number order by events.event_at, events.event_id) as integer) as event_number,
        (cast(date_part(epoch_microsecond, events.event_at) - date_part(epoch_microsecond, lag(events.event_at) over (partition by visitors.visitor_number order by events.event_at, events.event_id)) as double) / 1000000) as gap_seconds,
        (cast(date_part(epoch_microsecond, lead(events.event_at) over (partition by visitors.visitor_number order by events.event_at, events.event_id)) - date_part(epoch_microsecond, events.event_at) as double) / 1000000) as next_seconds,
        case visitors.channel
        when 'web' then 30 * 60
        when 'app' then 30 * 60
        else 30 * 60
    end as idle_seconds,
        heartbeat_types.event_type is not null as is_heartbeat
    from CLICKINTENT.ANALYTICS.stg_events as events
    left join visitors
        on events.source = visitors.source and events.site_id = visitors.site_id and events.channel = visitors.channel and events.visitor_id = visitors.visitor_id
    left join heartbeat_types on events.event_type = heartbeat_types.event_type
),

blocks as (
    select
        timeline.*,
        max(case when gap_seconds is null or gap_seconds > idle_seconds then event_number end) over (partition by visitor_number order by event_number rows between unbounded preceding and current row) as block_number,
        max(case when gap_seconds is null or gap_seconds > idle_seconds then event_at end) over (partition by visitor_number order by event_number rows between unbounded preceding and current row) as block_started_at
    from timeline
),

segments as (
    select
        blocks.*,
        block_number as segment_number,
        block_started_at as segment_started_at,
        next_seconds is null or next_seconds > idle_seconds as is_last
    from blocks
),

long_segments as (
    select distinct visitor_number, segment_number
    from segments
    where
        event_number - segment_number >= 2000
        or (cast(date_part(epoch_microsecond, event_at) - date_part(epoch_microsecond, segment_started_at) as double) / 1000000) >= 24 * 3600
),

-- for each of their events: where the next session would start, if one started here
jumps as (
    select
        segments.*,
        event_number + least(
            2000,
            -- events before the time limit that follow this one in order; ties with it that come earlier are not among them
            count(*) over (
                partition by visitor_number, segment_number order by date_part(epoch_microsecond, event_at)
                range between unbounded preceding and 86399999999 following
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
            partition by visitor_number, segment_number order by event_number rows between unbounded preceding and current row
        ) as session_number,
        coalesce(lead(is_start) over (partition by visitor_number, segment_number order by event_number), true) as is_exit,
        coalesce(max(case when is_start then event_number end) over (
            partition by visitor_number, segment_number order by event_number rows between 1 following and unbounded following
        ), 0) > 0 as is_capped
    from marked
),

-- two parts, not one outer join: nearly all events are in the first, and the planner sees that
placed as (
    select
        row_key,
        visitor_number,
        event_number,
        event_at,
        is_heartbeat,
        gap_seconds,
        next_seconds,
        block_started_at,
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
        row_key,
        visitor_number,
        event_number,
        event_at,
        is_heartbeat,
        gap_seconds,
        next_seconds,
        block_started_at,
        session_number,
        is_exit,
        is_capped
    from cut_events
),

heartbeat_sessions as  (
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
        cast(sum(cast(events.engaged_seconds as decimal(24, 6))) as double) as engaged_seconds
    from kept_open
    inner join CLICKINTENT.ANALYTICS.stg_events as events on kept_open.row_key = events.event_id
    group by kept_open.visitor_number, kept_open.session_number, kept_open.page_number
),

presence as (
    select
        visitor_number,
        event_number,
        case
            when is_heartbeat_alone then null
            else (cast(date_part(epoch_microsecond, coalesce(lead(opened_at) over (partition by visitor_number, session_number order by event_number), case when is_kept_open then last_seen_at end)) - date_part(epoch_microsecond, opened_at) as double) / 1000000)
        end as dwell_seconds,
        engaged_seconds
    from looks
),

-- what is text of a session is made once a session, not once an event
sessions as (
    select
        placed.visitor_number,
        placed.session_number,
        placed.event_at as session_started_at,
        visitors.visitor_hash,
        md5(
        coalesce(cast(visitors.source as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(visitors.site_id as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(visitors.channel as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(visitors.visitor_id as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(events.event_id as TEXT), chr(30))) as session_id
    from placed
    left join visitors on placed.visitor_number = visitors.visitor_number
    left join CLICKINTENT.ANALYTICS.stg_events as events on placed.row_key = events.event_id
    where placed.event_number = placed.session_number
),

-- left joins that always find their row: the planner then knows that none of them multiplies rows
final as (
    select
        events.event_id,
        sessions.session_id,
        sessions.visitor_hash,
        events.event_at as event_time,
        events.event_type,
        pages.page_hash,
        events.customer_id,
        events.utm_source,
        events.utm_medium,
        events.utm_campaign,
        events.device_type,
        coalesce(user_agents.is_bot, false) as is_bot_agent,
        placed.is_heartbeat,
        placed.event_number = placed.session_number as is_entry,
        placed.is_exit,
        placed.is_capped,
        placed.event_number - placed.session_number + 1 as event_index,
        case when placed.event_number > placed.session_number then placed.gap_seconds end as seconds_since_previous,
        case when case when placed.is_heartbeat then null when presence.event_number is not null then presence.dwell_seconds when not placed.is_exit then placed.next_seconds end > 1800 then 1800 else case when placed.is_heartbeat then null when presence.event_number is not null then presence.dwell_seconds when not placed.is_exit then placed.next_seconds end end as dwell_seconds,
        -- what a heartbeat reports belongs to the page before it, if there is one
        case
            when presence.event_number is not null then presence.engaged_seconds
            when not placed.is_heartbeat then events.engaged_seconds
        end as engaged_seconds,
        events.event_value,

    case events.event_type
        when 'application_submit' then 'application_submit'
        when 'purchase' then 'purchase'
        when 'sign_up' then 'sign_up'
    end as conversion_type,
        placed.block_started_at,
        sessions.session_started_at,
        events.loaded_at,
        events.content_hash
    from CLICKINTENT.ANALYTICS.stg_events as events
    left join placed on events.event_id = placed.row_key
    left join sessions
        on placed.visitor_number = sessions.visitor_number and placed.session_number = sessions.session_number
    left join presence
        on placed.visitor_number = presence.visitor_number and placed.event_number = presence.event_number
    left join pages on events.page_key = pages.page_key
    left join user_agents on events.user_agent = user_agents.user_agent
)

select * from final
        )
        order by (
            to_date(event_time)
        )
    )
;

alter table CLICKINTENT.ANALYTICS.placed_events cluster by (to_date(event_time))
;
drop table if exists CLICKINTENT.ANALYTICS.placed_events__dbt_tmp cascade
;
alter session unset query_tag
;
