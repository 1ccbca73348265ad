-- not_empty_journeys_v1_
select row_count
from (select count(*) as row_count from CLICKINTENT.ANALYTICS.journeys) as counted
where row_count = 0 and True
;
-- not_null_journeys_v1_channel
select channel
from CLICKINTENT.ANALYTICS.journeys
where channel is null
;
-- not_null_journeys_v1_duration_days
select duration_days
from CLICKINTENT.ANALYTICS.journeys
where duration_days is null
;
-- not_null_journeys_v1_ended_at
select ended_at
from CLICKINTENT.ANALYTICS.journeys
where ended_at is null
;
-- not_null_journeys_v1_first_session_id
select first_session_id
from CLICKINTENT.ANALYTICS.journeys
where first_session_id is null
;
-- not_null_journeys_v1_intent_l1
select intent_l1
from CLICKINTENT.ANALYTICS.journeys
where intent_l1 is null
;
-- not_null_journeys_v1_is_converted
select is_converted
from CLICKINTENT.ANALYTICS.journeys
where is_converted is null
;
-- not_null_journeys_v1_journey_id
select journey_id
from CLICKINTENT.ANALYTICS.journeys
where journey_id is null
;
-- not_null_journeys_v1_last_session_id
select last_session_id
from CLICKINTENT.ANALYTICS.journeys
where last_session_id is null
;
-- not_null_journeys_v1_session_count
select session_count
from CLICKINTENT.ANALYTICS.journeys
where session_count is null
;
-- not_null_journeys_v1_site_id
select site_id
from CLICKINTENT.ANALYTICS.journeys
where site_id is null
;
-- not_null_journeys_v1_source
select source
from CLICKINTENT.ANALYTICS.journeys
where source is null
;
-- not_null_journeys_v1_stage_rank
select stage_rank
from CLICKINTENT.ANALYTICS.journeys
where stage_rank is null
;
-- not_null_journeys_v1_stage_reached
select stage_reached
from CLICKINTENT.ANALYTICS.journeys
where stage_reached is null
;
-- not_null_journeys_v1_started_at
select started_at
from CLICKINTENT.ANALYTICS.journeys
where started_at is null
;
-- not_null_journeys_v1_visitor_id
select visitor_id
from CLICKINTENT.ANALYTICS.journeys
where visitor_id is null
;
-- unique_journeys_v1_journey_id
select
    journey_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.journeys
where journey_id is not null
group by journey_id
having count(*) > 1
;
