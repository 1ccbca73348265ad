-- not_null_session_events_event_id
select event_id
from CLICKINTENT.ANALYTICS.session_events
where event_id is null
;
-- not_null_session_events_session_id
select session_id
from CLICKINTENT.ANALYTICS.session_events
where session_id is null
;
