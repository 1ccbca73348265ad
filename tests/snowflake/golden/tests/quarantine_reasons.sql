-- not_null_quarantine_reasons_events
select events
from CLICKINTENT.ANALYTICS.quarantine_reasons
where events is null
;
-- not_null_quarantine_reasons_reason
select reason
from CLICKINTENT.ANALYTICS.quarantine_reasons
where reason is null
;
-- not_null_quarantine_reasons_source
select source
from CLICKINTENT.ANALYTICS.quarantine_reasons
where source is null
;
-- unique_together_quarantine_reasons_source__reason__day
select source, reason, day, count(*) as row_count
from CLICKINTENT.ANALYTICS.quarantine_reasons
group by source, reason, day
having count(*) > 1
;
