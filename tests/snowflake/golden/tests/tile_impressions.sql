-- not_null_tile_impressions_impression_id
select impression_id
from CLICKINTENT.ANALYTICS.tile_impressions
where impression_id is null
;
-- not_null_tile_impressions_is_click_time_over
select is_click_time_over
from CLICKINTENT.ANALYTICS.tile_impressions
where is_click_time_over is null
;
-- not_null_tile_impressions_is_clicked
select is_clicked
from CLICKINTENT.ANALYTICS.tile_impressions
where is_clicked is null
;
-- not_null_tile_impressions_is_randomized
select is_randomized
from CLICKINTENT.ANALYTICS.tile_impressions
where is_randomized is null
;
-- not_null_tile_impressions_loaded_at
select loaded_at
from CLICKINTENT.ANALYTICS.tile_impressions
where loaded_at is null
;
-- not_null_tile_impressions_session_id
select session_id
from CLICKINTENT.ANALYTICS.tile_impressions
where session_id is null
;
-- not_null_tile_impressions_shown_at
select shown_at
from CLICKINTENT.ANALYTICS.tile_impressions
where shown_at is null
;
-- not_null_tile_impressions_tile_id
select tile_id
from CLICKINTENT.ANALYTICS.tile_impressions
where tile_id is null
;
-- unique_together_tile_impressions_session_id__impression_id__tile_id
select session_id, impression_id, tile_id, count(*) as row_count
from CLICKINTENT.ANALYTICS.tile_impressions
group by session_id, impression_id, tile_id
having count(*) > 1
;
