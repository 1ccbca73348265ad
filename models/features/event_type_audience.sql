{{ config(materialized='view') }}

with {{ clickintent.session_people() }},

placed as (
    select event_type, session_id from {{ clickintent.movable(ref('placed_events')) }}
),

final as (
    select
        placed.event_type,
        count(distinct session_people.person) as people_count,
        {{ clickintent.is_seen_by_enough('count(distinct session_people.person)') }} as is_known
    from placed
    left join session_people on placed.session_id = session_people.session_id
    group by placed.event_type
)

select * from final
