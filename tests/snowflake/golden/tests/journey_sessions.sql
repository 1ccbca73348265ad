-- not_null_journey_sessions_intent_l1
select intent_l1
from CLICKINTENT.ANALYTICS.journey_sessions
where intent_l1 is null
;
-- not_null_journey_sessions_journey_id
select journey_id
from CLICKINTENT.ANALYTICS.journey_sessions
where journey_id is null
;
-- not_null_journey_sessions_journey_index
select journey_index
from CLICKINTENT.ANALYTICS.journey_sessions
where journey_index is null
;
-- not_null_journey_sessions_session_id
select session_id
from CLICKINTENT.ANALYTICS.journey_sessions
where session_id is null
;
-- relationships_journey_sessions_journey_id__journey_id__ref_journeys_
with child as (
    select journey_id as from_field
    from CLICKINTENT.ANALYTICS.journey_sessions
    where journey_id is not null
),
parent as (
    select journey_id as to_field
    from CLICKINTENT.ANALYTICS.journeys
)
select
    from_field
from child
left join parent
    on child.from_field = parent.to_field
where parent.to_field is null
;
-- relationships_journey_sessions_session_id__session_id__ref_sessions_
with child as (
    select session_id as from_field
    from CLICKINTENT.ANALYTICS.journey_sessions
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
-- unique_journey_sessions_session_id
select
    session_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.journey_sessions
where session_id is not null
group by session_id
having count(*) > 1
;
