-- not_null_stg_demo__events_raw
select raw
from CLICKINTENT.ANALYTICS.stg_demo__events
where raw is null
;
-- not_null_stg_demo__events_source
select source
from CLICKINTENT.ANALYTICS.stg_demo__events
where source is null
;
