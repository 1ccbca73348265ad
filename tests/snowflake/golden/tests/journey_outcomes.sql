-- accepted_values_journey_outcomes_channel__web__app
with all_values as (
    select
        channel as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.journey_outcomes
    group by channel
)
select *
from all_values
where value_field not in (
    'web','app'
)
;
-- not_null_journey_outcomes_intent_l1
select intent_l1
from CLICKINTENT.ANALYTICS.journey_outcomes
where intent_l1 is null
;
-- not_null_journey_outcomes_is_converted
select is_converted
from CLICKINTENT.ANALYTICS.journey_outcomes
where is_converted is null
;
-- not_null_journey_outcomes_journeys
select journeys
from CLICKINTENT.ANALYTICS.journey_outcomes
where journeys is null
;
-- not_null_journey_outcomes_session_count
select session_count
from CLICKINTENT.ANALYTICS.journey_outcomes
where session_count is null
;
-- not_null_journey_outcomes_stage_rank
select stage_rank
from CLICKINTENT.ANALYTICS.journey_outcomes
where stage_rank is null
;
-- not_null_journey_outcomes_stage_reached
select stage_reached
from CLICKINTENT.ANALYTICS.journey_outcomes
where stage_reached is null
;
-- not_null_journey_outcomes_week
select week
from CLICKINTENT.ANALYTICS.journey_outcomes
where week is null
;
-- unique_together_journey_outcomes_week__channel__intent_l1__stage_reached__is_converted__session_count__sessions_to_conversion__days_to_conversion
select week, channel, intent_l1, stage_reached, is_converted, session_count, sessions_to_conversion, days_to_conversion, count(*) as row_count
from CLICKINTENT.ANALYTICS.journey_outcomes
group by week, channel, intent_l1, stage_reached, is_converted, session_count, sessions_to_conversion, days_to_conversion
having count(*) > 1
;
