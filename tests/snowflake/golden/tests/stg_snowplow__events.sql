-- not_null_stg_snowplow__events_raw
select raw
from CLICKINTENT.ANALYTICS.stg_snowplow__events
where raw is null
;
-- not_null_stg_snowplow__events_source
select source
from CLICKINTENT.ANALYTICS.stg_snowplow__events
where source is null
;
