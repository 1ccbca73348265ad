-- accepted_values_journey_stages_signal__session__page_words__event_type__conversion
with all_values as (
    select
        signal as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.journey_stages
    group by signal
)
select *
from all_values
where value_field not in (
    'session','page_words','event_type','conversion'
)
;
-- not_null_journey_stages_signal
select signal
from CLICKINTENT.ANALYTICS.journey_stages
where signal is null
;
-- not_null_journey_stages_stage
select stage
from CLICKINTENT.ANALYTICS.journey_stages
where stage is null
;
-- not_null_journey_stages_stage_rank
select stage_rank
from CLICKINTENT.ANALYTICS.journey_stages
where stage_rank is null
;
-- not_null_journey_stages_value
select value
from CLICKINTENT.ANALYTICS.journey_stages
where value is null
;
