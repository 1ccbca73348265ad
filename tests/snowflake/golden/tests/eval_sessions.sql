-- accepted_values_eval_sessions_fold__False__0__1__2__3__4
with all_values as (
    select
        fold as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.eval_sessions
    group by fold
)
select *
from all_values
where value_field not in (
    0,1,2,3,4
)
;
-- not_null_eval_sessions_channel
select channel
from CLICKINTENT.ANALYTICS.eval_sessions
where channel is null
;
-- not_null_eval_sessions_ended_at
select ended_at
from CLICKINTENT.ANALYTICS.eval_sessions
where ended_at is null
;
-- not_null_eval_sessions_fold
select fold
from CLICKINTENT.ANALYTICS.eval_sessions
where fold is null
;
-- not_null_eval_sessions_is_before_split
select is_before_split
from CLICKINTENT.ANALYTICS.eval_sessions
where is_before_split is null
;
-- not_null_eval_sessions_known_at
select known_at
from CLICKINTENT.ANALYTICS.eval_sessions
where known_at is null
;
-- not_null_eval_sessions_person
select person
from CLICKINTENT.ANALYTICS.eval_sessions
where person is null
;
-- not_null_eval_sessions_session_id
select session_id
from CLICKINTENT.ANALYTICS.eval_sessions
where session_id is null
;
-- not_null_eval_sessions_split_at
select split_at
from CLICKINTENT.ANALYTICS.eval_sessions
where split_at is null
;
-- not_null_eval_sessions_started_at
select started_at
from CLICKINTENT.ANALYTICS.eval_sessions
where started_at is null
;
-- not_null_eval_sessions_visitor_id
select visitor_id
from CLICKINTENT.ANALYTICS.eval_sessions
where visitor_id is null
;
-- unique_eval_sessions_session_id
select
    session_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.eval_sessions
where session_id is not null
group by session_id
having count(*) > 1
;
