-- not_null_mapped_session_events_event_index
select event_index
from CLICKINTENT.ANALYTICS.mapped_session_events
where event_index is null
;
-- not_null_mapped_session_events_session_id
select session_id
from CLICKINTENT.ANALYTICS.mapped_session_events
where session_id is null
;
-- unique_together_mapped_session_events_session_id__event_index
select session_id, event_index, count(*) as row_count
from CLICKINTENT.ANALYTICS.mapped_session_events
group by session_id, event_index
having count(*) > 1
;
