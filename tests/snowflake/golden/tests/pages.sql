-- not_null_pages_event_count
select event_count
from CLICKINTENT.ANALYTICS.pages
where event_count is null
;
-- not_null_pages_first_seen_at
select first_seen_at
from CLICKINTENT.ANALYTICS.pages
where first_seen_at is null
;
-- not_null_pages_page_group
select page_group
from CLICKINTENT.ANALYTICS.pages
where page_group is null
;
-- not_null_pages_page_hash
select page_hash
from CLICKINTENT.ANALYTICS.pages
where page_hash is null
;
-- not_null_pages_page_key
select page_key
from CLICKINTENT.ANALYTICS.pages
where page_key is null
;
-- not_null_pages_text
select text
from CLICKINTENT.ANALYTICS.pages
where text is null
;
-- unique_pages_page_hash
select
    page_hash as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.pages
where page_hash is not null
group by page_hash
having count(*) > 1
;
-- unique_pages_page_key
select
    page_key as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.pages
where page_key is not null
group by page_key
having count(*) > 1
;
