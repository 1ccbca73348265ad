-- Every session as it ought to be, from `stg_events` alone, to compare tables with. The synthetic visitors have one channel
-- each and meet neither the 24 hours nor the 2,000 events, so that only gaps part sessions.

-- step: true_events
create or replace temp table true_events as
with gaps as (
    select
        event_id,
        visitor_id,
        event_at,
        load_batch,
        epoch_us(event_at) - epoch_us(lag(event_at) over in_order) as gap
    from stg_events
    window in_order as (partition by visitor_id order by event_at, event_id)
)

select
    event_id,
    visitor_id,
    event_at,
    load_batch,
    sum(case when gap is null or gap > $idle_microseconds then 1 else 0 end) over (
        partition by visitor_id order by event_at, event_id rows unbounded preceding
    ) as session_number
from gaps;

-- step: true_sessions
create or replace temp table true_sessions as
select
    visitor_id,
    session_number,
    min(event_at) as started_at,
    max(event_at) as ended_at,
    count(*) as event_count,
    count(*) filter (where load_batch = '$late_batch') as late_count
from true_events
group by 1, 2;

-- step: counts
select sum(event_count), count(*), sum(late_count), max(event_count), max(ended_at - started_at) < interval 24 hours
from true_sessions;
