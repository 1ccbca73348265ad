-- not_null_customer_sightings_channel
select channel
from CLICKINTENT.ANALYTICS.customer_sightings
where channel is null
;
-- not_null_customer_sightings_customer_id
select customer_id
from CLICKINTENT.ANALYTICS.customer_sightings
where customer_id is null
;
-- not_null_customer_sightings_is_withdrawn
select is_withdrawn
from CLICKINTENT.ANALYTICS.customer_sightings
where is_withdrawn is null
;
-- not_null_customer_sightings_known_at
select known_at
from CLICKINTENT.ANALYTICS.customer_sightings
where known_at is null
;
-- not_null_customer_sightings_linkable_from
select linkable_from
from CLICKINTENT.ANALYTICS.customer_sightings
where linkable_from is null
;
-- not_null_customer_sightings_seen_at
select seen_at
from CLICKINTENT.ANALYTICS.customer_sightings
where seen_at is null
;
-- not_null_customer_sightings_site_id
select site_id
from CLICKINTENT.ANALYTICS.customer_sightings
where site_id is null
;
-- not_null_customer_sightings_source
select source
from CLICKINTENT.ANALYTICS.customer_sightings
where source is null
;
-- not_null_customer_sightings_visitor_id
select visitor_id
from CLICKINTENT.ANALYTICS.customer_sightings
where visitor_id is null
;
-- unique_together_customer_sightings_source__site_id__channel__visitor_id__customer_id__is_withdrawn__known_at
select source, site_id, channel, visitor_id, customer_id, is_withdrawn, known_at, count(*) as row_count
from CLICKINTENT.ANALYTICS.customer_sightings
group by source, site_id, channel, visitor_id, customer_id, is_withdrawn, known_at
having count(*) > 1
;
