-- not_null_sendable_sessions_session_id
select session_id
from CLICKINTENT.ANALYTICS.sendable_sessions
where session_id is null
;
-- unique_sendable_sessions_session_id
select
    session_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.sendable_sessions
where session_id is not null
group by session_id
having count(*) > 1
;
