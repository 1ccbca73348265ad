-- not_null_visitor_customers_channel
select channel
from CLICKINTENT.ANALYTICS.visitor_customers
where channel is null
;
-- not_null_visitor_customers_customer_count
select customer_count
from CLICKINTENT.ANALYTICS.visitor_customers
where customer_count is null
;
-- not_null_visitor_customers_customer_id
select customer_id
from CLICKINTENT.ANALYTICS.visitor_customers
where customer_id is null
;
-- not_null_visitor_customers_first_seen_at
select first_seen_at
from CLICKINTENT.ANALYTICS.visitor_customers
where first_seen_at is null
;
-- not_null_visitor_customers_is_shared_device
select is_shared_device
from CLICKINTENT.ANALYTICS.visitor_customers
where is_shared_device is null
;
-- not_null_visitor_customers_known_at
select known_at
from CLICKINTENT.ANALYTICS.visitor_customers
where known_at is null
;
-- not_null_visitor_customers_linkable_from
select linkable_from
from CLICKINTENT.ANALYTICS.visitor_customers
where linkable_from is null
;
-- not_null_visitor_customers_site_id
select site_id
from CLICKINTENT.ANALYTICS.visitor_customers
where site_id is null
;
-- not_null_visitor_customers_source
select source
from CLICKINTENT.ANALYTICS.visitor_customers
where source is null
;
-- not_null_visitor_customers_visitor_id
select visitor_id
from CLICKINTENT.ANALYTICS.visitor_customers
where visitor_id is null
;
-- unique_together_visitor_customers_source__site_id__channel__visitor_id__customer_id
select source, site_id, channel, visitor_id, customer_id, count(*) as row_count
from CLICKINTENT.ANALYTICS.visitor_customers
group by source, site_id, channel, visitor_id, customer_id
having count(*) > 1
;
