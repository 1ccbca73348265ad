-- accepted_values_session_customers_how__seen__linked
with all_values as (
    select
        how as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.session_customers
    group by how
)
select *
from all_values
where value_field not in (
    'seen','linked'
)
;
-- not_null_session_customers_customer_id
select customer_id
from CLICKINTENT.ANALYTICS.session_customers
where customer_id is null
;
-- not_null_session_customers_how
select how
from CLICKINTENT.ANALYTICS.session_customers
where how is null
;
-- not_null_session_customers_known_at
select known_at
from CLICKINTENT.ANALYTICS.session_customers
where known_at is null
;
-- not_null_session_customers_session_id
select session_id
from CLICKINTENT.ANALYTICS.session_customers
where session_id is null
;
-- relationships_session_customers_session_id__session_id__ref_sessions_
with child as (
    select session_id as from_field
    from CLICKINTENT.ANALYTICS.session_customers
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
-- unique_session_customers_session_id
select
    session_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.session_customers
where session_id is not null
group by session_id
having count(*) > 1
;
