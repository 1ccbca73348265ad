-- not_null_eval_example_sessions_example_id
select example_id
from CLICKINTENT.ANALYTICS.eval_example_sessions
where example_id is null
;
-- not_null_eval_example_sessions_known_at
select known_at
from CLICKINTENT.ANALYTICS.eval_example_sessions
where known_at is null
;
-- not_null_eval_example_sessions_moment
select moment
from CLICKINTENT.ANALYTICS.eval_example_sessions
where moment is null
;
-- not_null_eval_example_sessions_recency_rank
select recency_rank
from CLICKINTENT.ANALYTICS.eval_example_sessions
where recency_rank is null
;
-- not_null_eval_example_sessions_session_id
select session_id
from CLICKINTENT.ANALYTICS.eval_example_sessions
where session_id is null
;
-- not_null_eval_example_sessions_started_at
select started_at
from CLICKINTENT.ANALYTICS.eval_example_sessions
where started_at is null
;
-- unique_together_eval_example_sessions_example_id__session_id
select example_id, session_id, count(*) as row_count
from CLICKINTENT.ANALYTICS.eval_example_sessions
group by example_id, session_id
having count(*) > 1
;
