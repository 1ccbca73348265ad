-- not_empty_human_sessions_
select row_count
from (select count(*) as row_count from CLICKINTENT.ANALYTICS.human_sessions) as counted
where row_count = 0 and True
;
-- not_null_human_sessions_intent_id
select intent_id
from CLICKINTENT.ANALYTICS.human_sessions
where intent_id is null
;
-- not_null_human_sessions_intent_l1
select intent_l1
from CLICKINTENT.ANALYTICS.human_sessions
where intent_l1 is null
;
-- not_null_human_sessions_session_day
select session_day
from CLICKINTENT.ANALYTICS.human_sessions
where session_day is null
;
-- not_null_human_sessions_session_id
select session_id
from CLICKINTENT.ANALYTICS.human_sessions
where session_id is null
;
-- unique_human_sessions_session_id
select
    session_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.human_sessions
where session_id is not null
group by session_id
having count(*) > 1
;
