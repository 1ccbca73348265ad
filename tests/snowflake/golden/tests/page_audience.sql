-- not_null_page_audience_is_known
select is_known
from CLICKINTENT.ANALYTICS.page_audience
where is_known is null
;
-- not_null_page_audience_page_key
select page_key
from CLICKINTENT.ANALYTICS.page_audience
where page_key is null
;
-- not_null_page_audience_people_count
select people_count
from CLICKINTENT.ANALYTICS.page_audience
where people_count is null
;
-- not_null_page_audience_text
select text
from CLICKINTENT.ANALYTICS.page_audience
where text is null
;
-- relationships_page_audience_page_key__page_key__ref_pages_
with child as (
    select page_key as from_field
    from CLICKINTENT.ANALYTICS.page_audience
    where page_key is not null
),
parent as (
    select page_key as to_field
    from CLICKINTENT.ANALYTICS.pages
)
select
    from_field
from child
left join parent
    on child.from_field = parent.to_field
where parent.to_field is null
;
-- unique_page_audience_page_key
select
    page_key as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.page_audience
where page_key is not null
group by page_key
having count(*) > 1
;
