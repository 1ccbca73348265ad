-- not_null_session_neighbours_neighbour_id
select neighbour_id
from CLICKINTENT.ANALYTICS.session_neighbours
where neighbour_id is null
;
-- not_null_session_neighbours_rank
select rank
from CLICKINTENT.ANALYTICS.session_neighbours
where rank is null
;
-- not_null_session_neighbours_sample_hash
select sample_hash
from CLICKINTENT.ANALYTICS.session_neighbours
where sample_hash is null
;
-- not_null_session_neighbours_session_id
select session_id
from CLICKINTENT.ANALYTICS.session_neighbours
where session_id is null
;
-- not_null_session_neighbours_similarity
select similarity
from CLICKINTENT.ANALYTICS.session_neighbours
where similarity is null
;
-- unique_together_session_neighbours_session_id__rank
select session_id, rank, count(*) as row_count
from CLICKINTENT.ANALYTICS.session_neighbours
group by session_id, rank
having count(*) > 1
;
