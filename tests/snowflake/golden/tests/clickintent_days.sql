-- not_null_clickintent_days_date_day
select date_day
from CLICKINTENT.ANALYTICS.clickintent_days
where date_day is null
;
-- unique_clickintent_days_date_day
select
    date_day as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.clickintent_days
where date_day is not null
group by date_day
having count(*) > 1
;
