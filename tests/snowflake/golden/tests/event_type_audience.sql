-- not_null_event_type_audience_event_type
select event_type
from CLICKINTENT.ANALYTICS.event_type_audience
where event_type is null
;
-- not_null_event_type_audience_is_known
select is_known
from CLICKINTENT.ANALYTICS.event_type_audience
where is_known is null
;
-- not_null_event_type_audience_people_count
select people_count
from CLICKINTENT.ANALYTICS.event_type_audience
where people_count is null
;
-- unique_event_type_audience_event_type
select
    event_type as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.event_type_audience
where event_type is not null
group by event_type
having count(*) > 1
;
