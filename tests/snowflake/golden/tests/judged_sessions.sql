-- accepted_values_judged_sessions_said_by__simulator__people
with all_values as (
    select
        said_by as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.judged_sessions
    group by said_by
)
select *
from all_values
where value_field not in (
    'simulator','people'
)
;
-- not_null_judged_sessions_intent_id
select intent_id
from CLICKINTENT.ANALYTICS.judged_sessions
where intent_id is null
;
-- not_null_judged_sessions_said_by
select said_by
from CLICKINTENT.ANALYTICS.judged_sessions
where said_by is null
;
-- not_null_judged_sessions_session_id
select session_id
from CLICKINTENT.ANALYTICS.judged_sessions
where session_id is null
;
-- unique_judged_sessions_session_id
select
    session_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.judged_sessions
where session_id is not null
group by session_id
having count(*) > 1
;
