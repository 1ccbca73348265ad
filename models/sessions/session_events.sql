{{ config(materialized='view') }}

with placed as (
    select * from {{ clickintent.movable(ref('placed_events')) }}
),

final as (
    select
        event_id,
        session_id,
        event_time,
        event_index,
        seconds_since_previous,
        dwell_seconds,
        engaged_seconds,
        is_entry,
        is_exit
    from placed
)

select * from final
