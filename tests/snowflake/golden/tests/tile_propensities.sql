-- not_null_tile_propensities_click_count
select click_count
from CLICKINTENT.ANALYTICS.tile_propensities
where click_count is null
;
-- not_null_tile_propensities_day
select day
from CLICKINTENT.ANALYTICS.tile_propensities
where day is null
;
-- not_null_tile_propensities_position
select position
from CLICKINTENT.ANALYTICS.tile_propensities
where position is null
;
-- not_null_tile_propensities_shown_count
select shown_count
from CLICKINTENT.ANALYTICS.tile_propensities
where shown_count is null
;
-- unique_together_tile_propensities_day__position
select day, position, count(*) as row_count
from CLICKINTENT.ANALYTICS.tile_propensities
group by day, position
having count(*) > 1
;
