-- not_null_event_types_event_type
select event_type
from CLICKINTENT.ANALYTICS.event_types
where event_type is null
;
-- not_null_event_types_is_heartbeat
select is_heartbeat
from CLICKINTENT.ANALYTICS.event_types
where is_heartbeat is null
;
-- not_null_event_types_is_page_view
select is_page_view
from CLICKINTENT.ANALYTICS.event_types
where is_page_view is null
;
-- unique_event_types_event_type
select
    event_type as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.event_types
where event_type is not null
group by event_type
having count(*) > 1
;
