-- not_null_load_windows_read_from
select read_from
from CLICKINTENT.ANALYTICS.load_windows
where read_from is null
;
-- not_null_load_windows_source
select source
from CLICKINTENT.ANALYTICS.load_windows
where source is null
;
-- unique_load_windows_source
select
    source as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.load_windows
where source is not null
group by source
having count(*) > 1
;
