-- not_null_data_freshness_row_count
select row_count
from CLICKINTENT.ANALYTICS.data_freshness
where row_count is null
;
-- not_null_data_freshness_step
select step
from CLICKINTENT.ANALYTICS.data_freshness
where step is null
;
-- not_null_data_freshness_what
select what
from CLICKINTENT.ANALYTICS.data_freshness
where what is null
;
-- unique_data_freshness_step
select
    step as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.data_freshness
where step is not null
group by step
having count(*) > 1
;
