-- not_null_mapped_session_scores_intent_id
select intent_id
from CLICKINTENT.ANALYTICS.mapped_session_scores
where intent_id is null
;
-- not_null_mapped_session_scores_probability
select probability
from CLICKINTENT.ANALYTICS.mapped_session_scores
where probability is null
;
-- not_null_mapped_session_scores_rank
select rank
from CLICKINTENT.ANALYTICS.mapped_session_scores
where rank is null
;
-- not_null_mapped_session_scores_session_id
select session_id
from CLICKINTENT.ANALYTICS.mapped_session_scores
where session_id is null
;
-- unique_together_mapped_session_scores_session_id__rank
select session_id, rank, count(*) as row_count
from CLICKINTENT.ANALYTICS.mapped_session_scores
group by session_id, rank
having count(*) > 1
;
