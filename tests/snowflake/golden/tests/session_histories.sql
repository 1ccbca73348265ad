-- not_null_session_histories_channel
select channel
from CLICKINTENT.ANALYTICS.session_histories
where channel is null
;
-- not_null_session_histories_content_hash
select content_hash
from CLICKINTENT.ANALYTICS.session_histories
where content_hash is null
;
-- not_null_session_histories_customer_id
select customer_id
from CLICKINTENT.ANALYTICS.session_histories
where customer_id is null
;
-- not_null_session_histories_ended_at
select ended_at
from CLICKINTENT.ANALYTICS.session_histories
where ended_at is null
;
-- not_null_session_histories_how
select how
from CLICKINTENT.ANALYTICS.session_histories
where how is null
;
-- not_null_session_histories_known_at
select known_at
from CLICKINTENT.ANALYTICS.session_histories
where known_at is null
;
-- not_null_session_histories_session_id
select session_id
from CLICKINTENT.ANALYTICS.session_histories
where session_id is null
;
-- not_null_session_histories_started_at
select started_at
from CLICKINTENT.ANALYTICS.session_histories
where started_at is null
;
-- relationships_session_histories_session_id__session_id__ref_sessions_
with child as (
    select session_id as from_field
    from CLICKINTENT.ANALYTICS.session_histories
    where session_id is not null
),
parent as (
    select session_id as to_field
    from CLICKINTENT.ANALYTICS.sessions
)
select
    from_field
from child
left join parent
    on child.from_field = parent.to_field
where parent.to_field is null
;
-- unique_session_histories_session_id
select
    session_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.session_histories
where session_id is not null
group by session_id
having count(*) > 1
;
