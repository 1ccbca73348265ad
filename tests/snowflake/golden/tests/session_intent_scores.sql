-- accepted_values_session_intent_scores_v1_rank__False__1__2__3
with all_values as (
    select
        rank as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.session_intent_scores
    group by rank
)
select *
from all_values
where value_field not in (
    1,2,3
)
;
-- not_null_session_intent_scores_v1_intent_id
select intent_id
from CLICKINTENT.ANALYTICS.session_intent_scores
where intent_id is null
;
-- not_null_session_intent_scores_v1_probability
select probability
from CLICKINTENT.ANALYTICS.session_intent_scores
where probability is null
;
-- not_null_session_intent_scores_v1_rank
select rank
from CLICKINTENT.ANALYTICS.session_intent_scores
where rank is null
;
-- not_null_session_intent_scores_v1_session_id
select session_id
from CLICKINTENT.ANALYTICS.session_intent_scores
where session_id is null
;
-- relationships_session_intent_scores_v1_intent_id__intent_id__ref_dim_intents_
with child as (
    select intent_id as from_field
    from CLICKINTENT.ANALYTICS.session_intent_scores
    where intent_id is not null
),
parent as (
    select intent_id as to_field
    from CLICKINTENT.ANALYTICS.dim_intents
)
select
    from_field
from child
left join parent
    on child.from_field = parent.to_field
where parent.to_field is null
;
