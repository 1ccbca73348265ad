-- not_null_eval_session_labels_content_hash
select content_hash
from CLICKINTENT.ANALYTICS.eval_session_labels
where content_hash is null
;
-- not_null_eval_session_labels_labeled_at
select labeled_at
from CLICKINTENT.ANALYTICS.eval_session_labels
where labeled_at is null
;
-- not_null_eval_session_labels_labeler
select labeler
from CLICKINTENT.ANALYTICS.eval_session_labels
where labeler is null
;
-- not_null_eval_session_labels_model
select model
from CLICKINTENT.ANALYTICS.eval_session_labels
where model is null
;
-- not_null_eval_session_labels_narrative_hash
select narrative_hash
from CLICKINTENT.ANALYTICS.eval_session_labels
where narrative_hash is null
;
-- not_null_eval_session_labels_rank
select rank
from CLICKINTENT.ANALYTICS.eval_session_labels
where rank is null
;
-- not_null_eval_session_labels_session_id
select session_id
from CLICKINTENT.ANALYTICS.eval_session_labels
where session_id is null
;
-- not_null_eval_session_labels_status
select status
from CLICKINTENT.ANALYTICS.eval_session_labels
where status is null
;
-- not_null_eval_session_labels_taxonomy_version
select taxonomy_version
from CLICKINTENT.ANALYTICS.eval_session_labels
where taxonomy_version is null
;
-- unique_together_eval_session_labels_session_id__rank
select session_id, rank, count(*) as row_count
from CLICKINTENT.ANALYTICS.eval_session_labels
group by session_id, rank
having count(*) > 1
;
