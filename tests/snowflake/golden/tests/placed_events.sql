-- not_null_placed_events_content_hash
select content_hash
from CLICKINTENT.ANALYTICS.placed_events
where content_hash is null
;
-- not_null_placed_events_event_id
select event_id
from CLICKINTENT.ANALYTICS.placed_events
where event_id is null
;
-- not_null_placed_events_event_index
select event_index
from CLICKINTENT.ANALYTICS.placed_events
where event_index is null
;
-- not_null_placed_events_event_time
select event_time
from CLICKINTENT.ANALYTICS.placed_events
where event_time is null
;
-- not_null_placed_events_is_entry
select is_entry
from CLICKINTENT.ANALYTICS.placed_events
where is_entry is null
;
-- not_null_placed_events_is_exit
select is_exit
from CLICKINTENT.ANALYTICS.placed_events
where is_exit is null
;
-- not_null_placed_events_session_id
select session_id
from CLICKINTENT.ANALYTICS.placed_events
where session_id is null
;
-- relationships_placed_events_event_id__event_id__ref_stg_events_
with child as (
    select event_id as from_field
    from CLICKINTENT.ANALYTICS.placed_events
    where event_id is not null
),
parent as (
    select event_id as to_field
    from CLICKINTENT.ANALYTICS.stg_events
)
select
    from_field
from child
left join parent
    on child.from_field = parent.to_field
where parent.to_field is null
;
-- unique_placed_events_event_id
select
    event_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.placed_events
where event_id is not null
group by event_id
having count(*) > 1
;
