-- not_null_session_stages_session_id
select session_id
from CLICKINTENT.ANALYTICS.session_stages
where session_id is null
;
-- not_null_session_stages_stage_rank
select stage_rank
from CLICKINTENT.ANALYTICS.session_stages
where stage_rank is null
;
-- relationships_session_stages_session_id__session_id__ref_sessions_
with child as (
    select session_id as from_field
    from CLICKINTENT.ANALYTICS.session_stages
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
-- relationships_session_stages_stage_rank__stage_rank__ref_journey_stages_
with child as (
    select stage_rank as from_field
    from CLICKINTENT.ANALYTICS.session_stages
    where stage_rank is not null
),
parent as (
    select stage_rank as to_field
    from CLICKINTENT.ANALYTICS.journey_stages
)
select
    from_field
from child
left join parent
    on child.from_field = parent.to_field
where parent.to_field is null
;
-- unique_session_stages_session_id
select
    session_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.session_stages
where session_id is not null
group by session_id
having count(*) > 1
;
