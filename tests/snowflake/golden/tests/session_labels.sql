-- accepted_values_session_labels_rank__False__1__2__3
with all_values as (
    select
        rank as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.session_labels
    group by rank
)
select *
from all_values
where value_field not in (
    1,2,3
)
;
-- accepted_values_session_labels_status__ok__abstained__invalid
with all_values as (
    select
        status as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.session_labels
    group by status
)
select *
from all_values
where value_field not in (
    'ok','abstained','invalid'
)
;
-- not_null_session_labels_content_hash
select content_hash
from CLICKINTENT.ANALYTICS.session_labels
where content_hash is null
;
-- not_null_session_labels_labeled_at
select labeled_at
from CLICKINTENT.ANALYTICS.session_labels
where labeled_at is null
;
-- not_null_session_labels_labeler
select labeler
from CLICKINTENT.ANALYTICS.session_labels
where labeler is null
;
-- not_null_session_labels_model
select model
from CLICKINTENT.ANALYTICS.session_labels
where model is null
;
-- not_null_session_labels_narrative_hash
select narrative_hash
from CLICKINTENT.ANALYTICS.session_labels
where narrative_hash is null
;
-- not_null_session_labels_rank
select rank
from CLICKINTENT.ANALYTICS.session_labels
where rank is null
;
-- not_null_session_labels_session_id
select session_id
from CLICKINTENT.ANALYTICS.session_labels
where session_id is null
;
-- not_null_session_labels_status
select status
from CLICKINTENT.ANALYTICS.session_labels
where status is null
;
-- not_null_session_labels_taxonomy_version
select taxonomy_version
from CLICKINTENT.ANALYTICS.session_labels
where taxonomy_version is null
;
