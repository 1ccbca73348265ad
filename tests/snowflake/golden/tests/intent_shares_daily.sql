-- not_null_intent_shares_daily_session_day
select session_day
from CLICKINTENT.ANALYTICS.intent_shares_daily
where session_day is null
;
-- unique_together_intent_shares_daily_session_day__source__site_id__channel__auth_state__device_type__intent_id
select session_day, source, site_id, channel, auth_state, device_type, intent_id, count(*) as row_count
from CLICKINTENT.ANALYTICS.intent_shares_daily
group by session_day, source, site_id, channel, auth_state, device_type, intent_id
having count(*) > 1
;
