alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.eval_examples
    copy grants

    as (

with sessions as (
    select * from CLICKINTENT.ANALYTICS.eval_sessions
),

sequences as (
    select session_id from CLICKINTENT.ANALYTICS.eval_sequences
),

split as (
    select * from CLICKINTENT.ANALYTICS.eval_split
),

outcomes as (
    select * from CLICKINTENT.ANALYTICS.eval_outcomes
),

-- the moment at which a session is known is when somebody could have guessed
placed as (
    select
        sessions.*,
        case
            when sessions.known_at < split.train_to then 'train'
            when sessions.known_at >= split.test_from and sessions.known_at <= split.test_to then 'test'
        end as side
    from sessions
    inner join sequences on sessions.session_id = sequences.session_id
    cross join split
),

moments as (
    select * from placed
    where side is not null
),

of_same as (
    select
        moments.session_id,
        outcomes.outcome,
        outcomes.outcome_at
    from moments
    inner join outcomes
        on moments.person = outcomes.person
        and (moments.visitor_id = outcomes.visitor_id or moments.customer_id = outcomes.customer_id)
    cross join split
    where outcomes.outcome_at > moments.known_at
        and outcomes.outcome_at <=

    dateadd(
        second,
        1209600,
        moments.known_at
        )

),

ahead as (
    select session_id, min(outcome_at) as outcome_at, min_by(outcome, outcome_at) as outcome
    from of_same
    group by session_id
),

form_starts as (
    select sessions.person, events.event_at
    from CLICKINTENT.ANALYTICS.stg_events as events
    inner join CLICKINTENT.ANALYTICS.session_events as placed_events on events.event_id = placed_events.event_id
    inner join sessions on placed_events.session_id = sessions.session_id
    where events.event_type in ('form_start')
),

-- Whoever has begun a form lately and not ended it is guessed neither way, whatever comes of it: left out only where an
-- outcome follows, forms would tell that none does.
amid as (
    select distinct moments.session_id
    from moments
    inner join form_starts
        on moments.person = form_starts.person
        and moments.known_at >= form_starts.event_at
        and

    dateadd(
        second,
        -1209600,
        moments.known_at
        )

 <= form_starts.event_at
    left join outcomes as ended
        on moments.person = ended.person
        and form_starts.event_at <= ended.outcome_at and moments.known_at >= ended.outcome_at
    where ended.event_id is null
),

kept as (
    select
        moments.session_id,
        moments.person,
        moments.fold,
        moments.side,
        moments.visitor_id,
        moments.customer_id,
        moments.linked_at,
        moments.known_at as moment,
        ahead.outcome,
        ahead.outcome_at
    from moments
    left join ahead on moments.session_id = ahead.session_id
    where moments.session_id not in (select session_id from amid)
),

final as (
    select
        kept.*,
        -- nobody counts more for coming more often
        cast(1 as double) / count(*) over (partition by person, side) as weight,
        cast(1 as double) / count(*) over (partition by person, side, outcome is null) as weight_by_outcome
    from kept
)

select * from final
    )

;
alter session unset query_tag
;
