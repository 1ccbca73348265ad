-- What the peer's full and incremental forms share; put into the two files above by name.

-- step: page_view_columns
event_id, source, visitor_id, customer_id, event_at, loaded_at, page_url, page_key, page_title, referrer_url, referrer_medium,
utm_source, utm_medium, utm_campaign, device_type, user_agent

-- step: sessionized
numbered as (
    select *, row_number() over (partition by source, visitor_id order by event_at) as page_view_number
    from page_views
),

lagged as (
    select *, lag(event_at) over (partition by source, visitor_id order by page_view_number) as previous_at
    from numbered
),

gaps as (
    select *, epoch_us(event_at) - epoch_us(previous_at) as gap
    from lagged
),

marked as (
    select *, case when gap <= $idle_microseconds then 0 else 1 end as is_new_session
    from gaps
),

counted as (
    select
        *,
        sum(is_new_session) over (
            partition by source, visitor_id order by page_view_number rows between unbounded preceding and current row
        ) as session_index
    from marked
),

identified as (
    select
        * exclude (previous_at, gap, is_new_session, session_index),
        md5(visitor_id || '-' || session_index) as session_id
    from counted
)

-- step: summarized
bounded as (
    select distinct
        source,
        session_id,
        visitor_id,
        min(event_at) over (partition by source, session_id) as started_at,
        max(event_at) over (partition by source, session_id) as ended_at,
        count(*) over (partition by source, session_id) as page_view_count,
        first_value(utm_source) over whole as utm_source,
        first_value(utm_medium) over whole as utm_medium,
        first_value(utm_campaign) over whole as utm_campaign,
        first_value(referrer_url) over whole as referrer_url,
        first_value(referrer_medium) over whole as referrer_medium,
        first_value(device_type) over whole as device_type,
        first_value(page_url) over whole as first_page_url,
        first_value(page_key) over whole as first_page,
        last_value(page_url) over whole as last_page_url,
        last_value(page_key) over whole as last_page
    from page_views
    window whole as (
        partition by source, session_id order by page_view_number
        rows between unbounded preceding and unbounded following
    )
),

timed as (
    select *, (epoch_us(ended_at) - epoch_us(started_at)) / 1e6 as duration_seconds
    from bounded
)

-- step: stitching
select distinct
    visitor_id,
    last_value(customer_id ignore nulls) over (
        partition by visitor_id order by event_at rows between unbounded preceding and unbounded following
    ) as user_id
from stg_events;
