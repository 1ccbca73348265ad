-- The twenty customers most like one customer today, by cosine of their embeddings (unit vectors: the inner product).
with today as (
    select * from {{ clickintent.optional_relation('customer_embeddings') }}
    where valid_to is null and session_count >= 3 -- one session says little of a customer
),

anchor as (
    select customer_id, embedding from today
    order by customer_id
    limit 1 -- put a customer of your own here: where customer_id = '...'
)

select
    today.customer_id,
    {{ clickintent.inner_product('today.embedding', 'anchor.embedding') }} as cosine,
    today.web_session_count,
    today.app_session_count,
    today.last_session_at
from today
cross join anchor
where today.customer_id <> anchor.customer_id
order by cosine desc nulls last, today.customer_id asc
limit 20
