-- label_coverage_session_intents_v1_ref_sessions___not_is_bot__channel__0_5
with sessions as (
    select session_id, channel
    from CLICKINTENT.ANALYTICS.sessions
    where not is_bot
),
labelled as (
    select distinct session_id
    from CLICKINTENT.ANALYTICS.session_intents
    where intent_id is not null and not is_abstained
),
coverage as (
    select
        sessions.channel,
        count(*) as eligible_sessions,
        count(labelled.session_id) as labelled_sessions,
        cast(count(labelled.session_id) as double) / nullif(count(*), 0) as labelled_share
    from sessions
    left join labelled on sessions.session_id = labelled.session_id
    group by sessions.channel
),
problems as (
    select
        'labelled share is below 0.5' as problem,
        cast(channel as TEXT) as channel,
        eligible_sessions,
        labelled_sessions,
        labelled_share
    from coverage
    where labelled_share < 0.5
    union all
    select
        'no eligible sessions' as problem,
        null as channel,
        0 as eligible_sessions,
        0 as labelled_sessions,
        null as labelled_share
    from (select count(*) as row_count from sessions) as counted
    where row_count = 0
)
select * from problems
;
-- not_null_session_intents_v1_classifier_version
select classifier_version
from CLICKINTENT.ANALYTICS.session_intents
where classifier_version is null
;
-- not_null_session_intents_v1_content_hash
select content_hash
from CLICKINTENT.ANALYTICS.session_intents
where content_hash is null
;
-- not_null_session_intents_v1_encoder_version
select encoder_version
from CLICKINTENT.ANALYTICS.session_intents
where encoder_version is null
;
-- not_null_session_intents_v1_intent_l1_probability
select intent_l1_probability
from CLICKINTENT.ANALYTICS.session_intents
where intent_l1_probability is null
;
-- not_null_session_intents_v1_is_abstained
select is_abstained
from CLICKINTENT.ANALYTICS.session_intents
where is_abstained is null
;
-- not_null_session_intents_v1_probability
select probability
from CLICKINTENT.ANALYTICS.session_intents
where probability is null
;
-- not_null_session_intents_v1_scored_at
select scored_at
from CLICKINTENT.ANALYTICS.session_intents
where scored_at is null
;
-- not_null_session_intents_v1_session_id
select session_id
from CLICKINTENT.ANALYTICS.session_intents
where session_id is null
;
-- not_null_session_intents_v1_taxonomy_version
select taxonomy_version
from CLICKINTENT.ANALYTICS.session_intents
where taxonomy_version is null
;
-- relationships_session_intents_v1_intent_id__intent_id__ref_dim_intents_
with child as (
    select intent_id as from_field
    from CLICKINTENT.ANALYTICS.session_intents
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
-- relationships_session_intents_v1_session_id__session_id__ref_sessions_
with child as (
    select session_id as from_field
    from CLICKINTENT.ANALYTICS.session_intents
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
-- unique_session_intents_v1_session_id
select
    session_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.session_intents
where session_id is not null
group by session_id
having count(*) > 1
;
