-- Events of the last $$days before $$until that only arrive now, each within 20 minutes of one that is known: they lengthen
-- sessions, and some bridge two. Appended to `stg_events`.

-- step: late
insert into stg_events by name
with known as (
    select * from stg_events
    where event_at >= timestamp '$until' - interval $days days and event_at < timestamp '$until'
    order by hash(event_id, $seed)
    limit $count
),

late as (
    select
        * replace (
            md5(event_id || '-late') as event_id,
            event_at + to_microseconds((hash(event_id, $seed + 1) % 2400000000)::bigint - 1200000000) as event_at,
            timestamp '$loaded_at' as loaded_at,
            '$load_batch' as load_batch,
            (hash(event_id, $seed + 2) >> 4)::bigint as content_hash
        )
    from known
)

select * from late;
