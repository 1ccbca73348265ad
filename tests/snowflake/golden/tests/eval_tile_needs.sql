-- not_null_eval_tile_needs_session_id
select session_id
from CLICKINTENT.ANALYTICS.eval_tile_needs
where session_id is null
;
-- unique_eval_tile_needs_session_id
select
    session_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.eval_tile_needs
where session_id is not null
group by session_id
having count(*) > 1
;
