-- accepted_values_label_requests_reason__uncertain
with all_values as (
    select
        reason as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.label_requests
    group by reason
)
select *
from all_values
where value_field not in (
    'uncertain'
)
;
-- not_null_label_requests_reason
select reason
from CLICKINTENT.ANALYTICS.label_requests
where reason is null
;
-- not_null_label_requests_requested_at
select requested_at
from CLICKINTENT.ANALYTICS.label_requests
where requested_at is null
;
-- not_null_label_requests_requested_by
select requested_by
from CLICKINTENT.ANALYTICS.label_requests
where requested_by is null
;
-- not_null_label_requests_session_id
select session_id
from CLICKINTENT.ANALYTICS.label_requests
where session_id is null
;
-- unique_label_requests_session_id
select
    session_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.label_requests
where session_id is not null
group by session_id
having count(*) > 1
;
