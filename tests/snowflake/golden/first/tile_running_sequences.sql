alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.tile_running_sequences
    copy grants

    as (

with tile_impressions as (
    select * from CLICKINTENT.ANALYTICS.tile_impressions
),

placed_events as (
    select * from CLICKINTENT.ANALYTICS.placed_events
),

sessions as (
    select * from CLICKINTENT.ANALYTICS.sessions
),

pages as (
    select page_hash, page_key from CLICKINTENT.ANALYTICS.pages
),

showings as (
    select distinct impression_id, session_id, channel, shown_at from tile_impressions
),

prefixes as (
    select
        showings.impression_id,
        showings.session_id,
        showings.channel,
        showings.shown_at,
        placed_events.event_index,
        placed_events.event_time,
        placed_events.event_type,
        placed_events.page_hash,
        placed_events.device_type,
        placed_events.is_heartbeat,
        placed_events.event_value,
        placed_events.content_hash,
        lead(placed_events.event_time, 1, showings.shown_at) over (
            partition by showings.session_id, showings.impression_id order by placed_events.event_index
        ) as next_time
    from showings
    inner join placed_events
        on showings.session_id = placed_events.session_id
        and showings.shown_at > placed_events.event_time
        and showings.shown_at >= placed_events.loaded_at
),

-- events that were loaded later may be what holds a session together: what is before a gap was not known to belong
running as (
    select * from (
        select
            *,
            max(case when (cast(date_part(epoch_microsecond, next_time) - date_part(epoch_microsecond, event_time) as double) / 1000000) > case channel
        when 'web' then 30 * 60
        when 'app' then 30 * 60
        else 30 * 60
    end
                then 1 else 0 end) over (partition by session_id, impression_id order by event_index rows between current row and unbounded following) as is_cut_off
        from prefixes
    ) as told
    where is_cut_off = 0
),

-- dwell as it could be told then: `placed_events` knows what came after
timed as (
    select
        *,
        lag(event_time) over (partition by session_id, impression_id order by event_index) as previous_time,
        min(case when not is_heartbeat then event_time end) over (partition by session_id, impression_id order by event_index rows between 1 following and unbounded following) as next_page_time,
        max(event_time) over (partition by session_id, impression_id order by event_index rows between 1 following and unbounded following) as last_time,
        row_number() over (partition by session_id, impression_id order by event_index desc nulls last) as index_from_end
    from running
),

counted as (
    select
        impression_id,
        session_id,
        channel,
        min_by(device_type, case when device_type is not null then event_index end) as device_type,
        count(*) as event_count,
        min(event_index) as first_index,
        -- the events and their order follow from what they are
        cast(cast(sum(content_hash + coalesce(page_hash, 0)) as decimal(38, 0)) as TEXT) as content_hash
    from timed
    group by impression_id, session_id, channel
),

recent as (
    select
        timed.impression_id,
        timed.session_id,
        timed.event_index,
        coalesce(pages.page_key, '') as page_key,
        timed.event_type,
        case when case when not timed.is_heartbeat then (cast(date_part(epoch_microsecond, coalesce(timed.next_page_time, timed.last_time)) - date_part(epoch_microsecond, timed.event_time) as double) / 1000000) end > 1800 then 1800 else case when not timed.is_heartbeat then (cast(date_part(epoch_microsecond, coalesce(timed.next_page_time, timed.last_time)) - date_part(epoch_microsecond, timed.event_time) as double) / 1000000) end end as dwell_seconds,
        (cast(date_part(epoch_microsecond, timed.event_time) - date_part(epoch_microsecond, timed.previous_time) as double) / 1000000) as gap_seconds,
        cast(hour(timed.event_time) as integer) as hour_of_day,
        cast((dayofweekiso(timed.event_time) - 1) as integer) as week_day,
        timed.event_value
    from timed
    left join pages on timed.page_hash = pages.page_hash
    where timed.index_from_end <= 64
),

listed as (
    select
            impression_id, session_id,
            array_agg(coalesce(to_variant(page_key), parse_json('null'))) within group (order by event_index) as page_keys,
            array_agg(coalesce(to_variant(event_type), parse_json('null'))) within group (order by event_index) as event_types,
            array_agg(coalesce(to_variant(dwell_seconds), parse_json('null'))) within group (order by event_index) as dwell_seconds,
            array_agg(coalesce(to_variant(gap_seconds), parse_json('null'))) within group (order by event_index) as gap_seconds,
            array_agg(coalesce(to_variant(hour_of_day), parse_json('null'))) within group (order by event_index) as hours,
            array_agg(coalesce(to_variant(week_day), parse_json('null'))) within group (order by event_index) as weekdays,
            array_agg(coalesce(to_variant(event_value), parse_json('null'))) within group (order by event_index) as event_values
        from recent
        group by impression_id, session_id
),

final as (
    select
        counted.impression_id,
        counted.session_id,
        counted.channel,
        counted.device_type,
        -- the session's first event says it
        case when counted.first_index = 1 then sessions.referrer_medium end as referrer_medium,
        counted.event_count,
        listed.* exclude (impression_id, session_id),
        counted.content_hash
    from counted
    inner join listed on counted.impression_id = listed.impression_id and counted.session_id = listed.session_id
    inner join sessions on counted.session_id = sessions.session_id
)

select * from final
    )

;
alter session unset query_tag
;
