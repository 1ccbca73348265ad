-- not_null_stg_ga4__events_raw
select raw
from CLICKINTENT.ANALYTICS.stg_ga4__events
where raw is null
;
-- not_null_stg_ga4__events_source
select source
from CLICKINTENT.ANALYTICS.stg_ga4__events
where source is null
;
