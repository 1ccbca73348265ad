-- not_null_tile_ranking_examples_v1_impression_id
select impression_id
from CLICKINTENT.ANALYTICS.tile_ranking_examples
where impression_id is null
;
-- not_null_tile_ranking_examples_v1_is_click_time_over
select is_click_time_over
from CLICKINTENT.ANALYTICS.tile_ranking_examples
where is_click_time_over is null
;
-- not_null_tile_ranking_examples_v1_is_clicked
select is_clicked
from CLICKINTENT.ANALYTICS.tile_ranking_examples
where is_clicked is null
;
-- not_null_tile_ranking_examples_v1_is_randomized
select is_randomized
from CLICKINTENT.ANALYTICS.tile_ranking_examples
where is_randomized is null
;
-- not_null_tile_ranking_examples_v1_running_event_count
select running_event_count
from CLICKINTENT.ANALYTICS.tile_ranking_examples
where running_event_count is null
;
-- not_null_tile_ranking_examples_v1_session_id
select session_id
from CLICKINTENT.ANALYTICS.tile_ranking_examples
where session_id is null
;
-- not_null_tile_ranking_examples_v1_shown_at
select shown_at
from CLICKINTENT.ANALYTICS.tile_ranking_examples
where shown_at is null
;
-- not_null_tile_ranking_examples_v1_tile_click_count
select tile_click_count
from CLICKINTENT.ANALYTICS.tile_ranking_examples
where tile_click_count is null
;
-- not_null_tile_ranking_examples_v1_tile_id
select tile_id
from CLICKINTENT.ANALYTICS.tile_ranking_examples
where tile_id is null
;
-- not_null_tile_ranking_examples_v1_tile_shown_count
select tile_shown_count
from CLICKINTENT.ANALYTICS.tile_ranking_examples
where tile_shown_count is null
;
-- relationships_tile_ranking_examples_v1_session_id__session_id__ref_sessions_
with child as (
    select session_id as from_field
    from CLICKINTENT.ANALYTICS.tile_ranking_examples
    where session_id is not null
),
parent as (
    select session_id as to_field
    from CLICKINTENT.ANALYTICS.sessions
)
select
    from_field
from child
left join parent
    on child.from_field = parent.to_field
where parent.to_field is null
;
-- unique_together_tile_ranking_examples_v1_impression_id__tile_id
select impression_id, tile_id, count(*) as row_count
from CLICKINTENT.ANALYTICS.tile_ranking_examples
group by impression_id, tile_id
having count(*) > 1
;
