alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.session_sequences
    copy grants

    as (select * from (

with
stale as (
    select * from CLICKINTENT.ANALYTICS.sessions
),

placed as (
    select * from CLICKINTENT.ANALYTICS.placed_events
),

gone as (
    select session_id, started_at from stale where 1 = 0
),

last_events as (
    select
        placed.session_id,
        placed.event_index,
        coalesce(pages.page_key, '') as page_key,
        placed.event_type,
        case when placed.dwell_seconds > 1800 then 1800 else placed.dwell_seconds end as dwell_seconds,
        placed.seconds_since_previous as gap_seconds,
        hour(placed.event_time) as hour_of_day,
        (dayofweekiso(placed.event_time) - 1) as week_day,
        placed.event_value
    from placed
    left join CLICKINTENT.ANALYTICS.pages as pages on placed.page_hash = pages.page_hash
    qualify row_number() over (partition by placed.session_id order by placed.event_index desc nulls last) <= 64
),

listed as (
    select
        session_id,
        array_agg(coalesce(to_variant(page_key), parse_json('null'))) within group (order by event_index) as page_keys,
        array_agg(coalesce(to_variant(event_type), parse_json('null'))) within group (order by event_index) as event_types,
        array_agg(coalesce(to_variant(dwell_seconds), parse_json('null'))) within group (order by event_index) as dwell_seconds,
        array_agg(coalesce(to_variant(gap_seconds), parse_json('null'))) within group (order by event_index) as gap_seconds,
        array_agg(coalesce(to_variant(hour_of_day), parse_json('null'))) within group (order by event_index) as hours,
        array_agg(coalesce(to_variant(week_day), parse_json('null'))) within group (order by event_index) as weekdays,
        array_agg(coalesce(to_variant(event_value), parse_json('null'))) within group (order by event_index) as event_values
    from last_events
    group by session_id
),

sequences as (
    select stale.*, listed.* exclude (session_id)
    from listed
    inner join stale on listed.session_id = stale.session_id
),

final as (
    select
        session_id,
        source,
        site_id,
        channel,
        visitor_id,
        device_type,
        referrer_medium,
        started_at,
        page_keys,
        event_types,
        dwell_seconds,
        gap_seconds,
        hours,
        weekdays,
        event_values,
        greatest(event_count - 64, 0) as truncated_count,
        is_bot,
        content_hash
    from sequences
)

select * from final
        )
        order by (
            to_date(started_at)
        )
    )
;

alter table CLICKINTENT.ANALYTICS.session_sequences cluster by (to_date(started_at))
;
drop table if exists CLICKINTENT.ANALYTICS.session_sequences__dbt_tmp cascade
;
alter session unset query_tag
;
