-- not_null_stg_segment__events_raw
select raw
from CLICKINTENT.ANALYTICS.stg_segment__events
where raw is null
;
-- not_null_stg_segment__events_source
select source
from CLICKINTENT.ANALYTICS.stg_segment__events
where source is null
;
