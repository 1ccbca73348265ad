-- accepted_values_eval_tile_examples_side__train__test
with all_values as (
    select
        side as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.eval_tile_examples
    group by side
)
select *
from all_values
where value_field not in (
    'train','test'
)
;
-- not_null_eval_tile_examples_fold
select fold
from CLICKINTENT.ANALYTICS.eval_tile_examples
where fold is null
;
-- not_null_eval_tile_examples_impression_id
select impression_id
from CLICKINTENT.ANALYTICS.eval_tile_examples
where impression_id is null
;
-- not_null_eval_tile_examples_person
select person
from CLICKINTENT.ANALYTICS.eval_tile_examples
where person is null
;
-- not_null_eval_tile_examples_side
select side
from CLICKINTENT.ANALYTICS.eval_tile_examples
where side is null
;
-- not_null_eval_tile_examples_tile_id
select tile_id
from CLICKINTENT.ANALYTICS.eval_tile_examples
where tile_id is null
;
-- unique_together_eval_tile_examples_session_id__impression_id__tile_id
select session_id, impression_id, tile_id, count(*) as row_count
from CLICKINTENT.ANALYTICS.eval_tile_examples
group by session_id, impression_id, tile_id
having count(*) > 1
;
