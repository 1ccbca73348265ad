-- What plain SQL takes: two window passes, md5 text keys, one row per session, both tables written. No caps, no
-- attributes, no rules for bots, identity or conversions, nothing incremental.

-- step: floor_events
create or replace table floor_events as
with gaps as (
    select
        *,
        epoch_us(event_at) - epoch_us(lag(event_at) over in_order) as gap
    from stg_events
    window in_order as (partition by source, site_id, channel, visitor_id order by event_at, event_id)
),

numbered as (
    select
        *,
        sum(case when gap is null or gap > $idle_microseconds then 1 else 0 end) over (
            partition by source, site_id, channel, visitor_id order by event_at, event_id
            rows unbounded preceding
        ) as session_number
    from gaps
)

select
    event_id,
    md5(source || site_id || channel || visitor_id || session_number) as session_id,
    event_at,
    page_key,
    session_number
from numbered;

-- step: floor_sessions
create or replace table floor_sessions as
select
    session_id,
    count(*) as event_count,
    arg_min(page_key, event_at) as first_page,
    arg_max(page_key, event_at) as last_page,
    list(page_key order by event_at) as pages
from floor_events
group by 1;
