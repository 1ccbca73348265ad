select case when
            (select cast(sum(content_hash + date_part(epoch_microsecond, loaded_at)) as decimal(38, 0)) from CLICKINTENT.ANALYTICS.stg_events)
            is distinct from (select cast(sum(content_hash + date_part(epoch_microsecond, loaded_at)) as decimal(38, 0)) from CLICKINTENT.ANALYTICS.placed_events)
            or (select count(*) from (select cast(event_time as date) as day from CLICKINTENT.ANALYTICS.placed_events where page_hash in (select page_hash from (select distinct page_hash from CLICKINTENT.ANALYTICS.placed_events where page_hash is not null) as held_pages where not exists (select 1 from CLICKINTENT.ANALYTICS.pages as pages where pages.page_hash = held_pages.page_hash))) as further_days) > 0
            then 1 else 0 end as is_changed
;
select coalesce(ours.day, theirs.day) as day
        from (
            select cast(event_at as date) as day, cast(sum(content_hash + date_part(epoch_microsecond, loaded_at)) as decimal(38, 0)) as digest
            from CLICKINTENT.ANALYTICS.stg_events
            group by 1
        ) as ours
        full join (
            select cast(event_time as date) as day, cast(sum(content_hash + date_part(epoch_microsecond, loaded_at)) as decimal(38, 0)) as digest
            from CLICKINTENT.ANALYTICS.placed_events
            group by 1
        ) as theirs on ours.day = theirs.day
        where ours.digest is distinct from theirs.digest
        union
        select cast(event_time as date) as day from CLICKINTENT.ANALYTICS.placed_events where page_hash in (select page_hash from (select distinct page_hash from CLICKINTENT.ANALYTICS.placed_events where page_hash is not null) as held_pages where not exists (select 1 from CLICKINTENT.ANALYTICS.pages as pages where pages.page_hash = held_pages.page_hash))
;
alter session set query_tag = 'clickintent'
;
create or replace temporary table CLICKINTENT.ANALYTICS.placed_events__dbt_tmp
as (

with recursive heartbeat_types as (
    select event_type from CLICKINTENT.ANALYTICS.event_types where is_heartbeat
),

pages as (
    select page_key, page_hash from CLICKINTENT.ANALYTICS.pages
),

user_agents as (
    select user_agent, is_bot from CLICKINTENT.ANALYTICS.user_agents
),

arrived as (
    select * from CLICKINTENT.ANALYTICS.stg_events
    where event_at >= timestamp '2026-06-01'
    and event_at < timestamp '2026-06-02'
    and cast(event_at as date) in (date '2026-06-01')
),

held as (
    select event_id, visitor_hash, event_time, loaded_at, content_hash, page_hash from CLICKINTENT.ANALYTICS.placed_events
    where event_time >= timestamp '2026-06-01'
    and event_time < timestamp '2026-06-02'
    and cast(event_time as date) in (date '2026-06-01')
),

-- both ways in one pass over the two sides
differences as (
    select
        arrived.event_id as new_id,
        arrived.event_at,
        to_number(left(md5(
        coalesce(cast(arrived.source as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(arrived.site_id as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(arrived.channel as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(arrived.visitor_id as TEXT), chr(30))), 15), 'XXXXXXXXXXXXXXX') as new_visitor_hash,
        held.event_id as gone_id,
        held.event_time,
        held.visitor_hash as gone_visitor_hash
    from arrived
    full join held
        on arrived.event_id = held.event_id
        and arrived.content_hash = held.content_hash
        and arrived.loaded_at = held.loaded_at
    where arrived.event_id is null or held.event_id is null
),

new_events as (
    select new_id as event_id, event_at, new_visitor_hash as visitor_hash from differences
    where new_id is not null
),

gone_events as (
    select gone_id as event_id, event_time, gone_visitor_hash as visitor_hash from differences
    where gone_id is not null
),

changes as (
    select visitor_hash, event_at from new_events
    union all
    select visitor_hash, event_time as event_at from gone_events
    union all
    select visitor_hash, event_time as event_at from held
    where page_hash is not null and not exists (select 1 from pages where pages.page_hash = held.page_hash)
),

-- within the longest of the idle limits: where a channel's own is shorter, more is done again than need be
touched_blocks as  (
    select distinct near.visitor_hash, near.block_started_at
    from CLICKINTENT.ANALYTICS.placed_events as near
    inner join changes
        on near.visitor_hash = changes.visitor_hash
        and abs((cast(date_part(epoch_microsecond, near.event_time) - date_part(epoch_microsecond, changes.event_at) as double) / 1000000)) <= 30 * 60
    where near.event_time >= timestamp '2026-05-31'
    and near.event_time < timestamp '2026-06-03'
    and cast(near.event_time as date) in (date '2026-05-31', date '2026-06-01', date '2026-06-02')
),

touched as (
    select known.* from CLICKINTENT.ANALYTICS.placed_events as known
    where exists (
        select 1 from touched_blocks
        where touched_blocks.visitor_hash = known.visitor_hash and touched_blocks.block_started_at = known.block_started_at
    )
),

-- an event that moved is in here with its old time, and with its new one, by which it is found
to_place as (
    select event_id, event_time as event_at from touched
    union
    select event_id, event_at from new_events
),

events as (
    select input.* from CLICKINTENT.ANALYTICS.stg_events as input
    where exists (
        select 1 from to_place where to_place.event_id = input.event_id and to_place.event_at = input.event_at
    )
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
    from (select distinct source, site_id, channel, visitor_id from events) as distinct_visitors
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
    from events as events
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
    inner join events as events on kept_open.row_key = events.event_id
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
    left join events as events on placed.row_key = events.event_id
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
    from events as events
    left join placed on events.event_id = placed.row_key
    left join sessions
        on placed.visitor_number = sessions.visitor_number and placed.session_number = sessions.session_number
    left join presence
        on placed.visitor_number = presence.visitor_number and placed.event_number = presence.event_number
    left join pages on events.page_key = pages.page_key
    left join user_agents on events.user_agent = user_agents.user_agent
)

, changed as (
    -- only rows that differ are written
    select final.* from final
    left join touched on final.event_id = touched.event_id and final.event_time = touched.event_time
    where
        touched.event_id is null
        or final."EVENT_ID" is distinct from touched."EVENT_ID"
        or final."SESSION_ID" is distinct from touched."SESSION_ID"
        or final."VISITOR_HASH" is distinct from touched."VISITOR_HASH"
        or final."EVENT_TIME" is distinct from touched."EVENT_TIME"
        or final."EVENT_TYPE" is distinct from touched."EVENT_TYPE"
        or final."PAGE_HASH" is distinct from touched."PAGE_HASH"
        or final."CUSTOMER_ID" is distinct from touched."CUSTOMER_ID"
        or final."UTM_SOURCE" is distinct from touched."UTM_SOURCE"
        or final."UTM_MEDIUM" is distinct from touched."UTM_MEDIUM"
        or final."UTM_CAMPAIGN" is distinct from touched."UTM_CAMPAIGN"
        or final."DEVICE_TYPE" is distinct from touched."DEVICE_TYPE"
        or final."IS_BOT_AGENT" is distinct from touched."IS_BOT_AGENT"
        or final."IS_HEARTBEAT" is distinct from touched."IS_HEARTBEAT"
        or final."IS_ENTRY" is distinct from touched."IS_ENTRY"
        or final."IS_EXIT" is distinct from touched."IS_EXIT"
        or final."IS_CAPPED" is distinct from touched."IS_CAPPED"
        or final."EVENT_INDEX" is distinct from touched."EVENT_INDEX"
        or final."SECONDS_SINCE_PREVIOUS" is distinct from touched."SECONDS_SINCE_PREVIOUS"
        or final."DWELL_SECONDS" is distinct from touched."DWELL_SECONDS"
        or final."ENGAGED_SECONDS" is distinct from touched."ENGAGED_SECONDS"
        or final."EVENT_VALUE" is distinct from touched."EVENT_VALUE"
        or final."CONVERSION_TYPE" is distinct from touched."CONVERSION_TYPE"
        or final."BLOCK_STARTED_AT" is distinct from touched."BLOCK_STARTED_AT"
        or final."SESSION_STARTED_AT" is distinct from touched."SESSION_STARTED_AT"
        or final."LOADED_AT" is distinct from touched."LOADED_AT"
        or final."CONTENT_HASH" is distinct from touched."CONTENT_HASH"
),

gone as (
    select event_id, event_time from gone_events
    where not exists (
        select 1 from events where events.event_id = gone_events.event_id and events.event_at = gone_events.event_time
    )
)

select * from changed
    union all by name
    select event_id, event_time from gone
    )

;
select cast(min(event_time) as date) as first_day, cast(max(event_time) as date) as last_day from CLICKINTENT.ANALYTICS.placed_events__dbt_tmp
;
begin;
    delete from CLICKINTENT.ANALYTICS.placed_events as held using CLICKINTENT.ANALYTICS.placed_events__dbt_tmp as changes
    where held.event_id = changes.event_id and held.event_time = changes.event_time and held.event_time >= timestamp '2026-06-01' and held.event_time < timestamp '2026-06-04';

    insert into CLICKINTENT.ANALYTICS.placed_events ("EVENT_ID", "SESSION_ID", "VISITOR_HASH", "EVENT_TIME", "EVENT_TYPE", "PAGE_HASH", "CUSTOMER_ID", "UTM_SOURCE", "UTM_MEDIUM", "UTM_CAMPAIGN", "DEVICE_TYPE", "IS_BOT_AGENT", "IS_HEARTBEAT", "IS_ENTRY", "IS_EXIT", "IS_CAPPED", "EVENT_INDEX", "SECONDS_SINCE_PREVIOUS", "DWELL_SECONDS", "ENGAGED_SECONDS", "EVENT_VALUE", "CONVERSION_TYPE", "BLOCK_STARTED_AT", "SESSION_STARTED_AT", "LOADED_AT", "CONTENT_HASH")
    select "EVENT_ID", "SESSION_ID", "VISITOR_HASH", "EVENT_TIME", "EVENT_TYPE", "PAGE_HASH", "CUSTOMER_ID", "UTM_SOURCE", "UTM_MEDIUM", "UTM_CAMPAIGN", "DEVICE_TYPE", "IS_BOT_AGENT", "IS_HEARTBEAT", "IS_ENTRY", "IS_EXIT", "IS_CAPPED", "EVENT_INDEX", "SECONDS_SINCE_PREVIOUS", "DWELL_SECONDS", "ENGAGED_SECONDS", "EVENT_VALUE", "CONVERSION_TYPE", "BLOCK_STARTED_AT", "SESSION_STARTED_AT", "LOADED_AT", "CONTENT_HASH" from CLICKINTENT.ANALYTICS.placed_events__dbt_tmp where content_hash is not null;
    commit
;
drop table if exists CLICKINTENT.ANALYTICS.placed_events__dbt_tmp cascade
;
alter session unset query_tag
;
