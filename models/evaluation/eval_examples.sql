{{ config(materialized='table', tags=['evaluation_fit']) }}

with sessions as (
    select * from {{ ref('eval_sessions') }}
),

sequences as (
    select session_id from {{ ref('eval_sequences') }}
),

split as (
    select * from {{ ref('eval_split') }}
),

outcomes as (
    select * from {{ ref('eval_outcomes') }}
),

-- the moment at which a session is known is when somebody could have guessed
placed as (
    select
        sessions.*,
        {%- if clickintent.evaluates_within_sessions() %}
        case when sessions.is_before_split then 'train' when sessions.started_at >= split.split_at then 'test' end as side
        {%- else %}
        case
            when sessions.known_at < split.train_to then 'train'
            when sessions.known_at >= split.test_from and sessions.known_at <= split.test_to then 'test'
        end as side
        {%- endif %}
    from sessions
    inner join sequences on sessions.session_id = sequences.session_id
    cross join split
),

moments as (
    select * from placed
    where side is not null
),

{% if clickintent.evaluates_within_sessions() -%}
ahead as (
    select session_id, min(outcome_at) as outcome_at, min_by(outcome, outcome_at) as outcome
    from outcomes
    group by session_id
),

amid as (
    select session_id from moments
    where false
),
{%- else -%}
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
        and outcomes.outcome_at <= {{ clickintent.days_later('moments.known_at', clickintent.evaluation_setting('horizon_days')) }}
),

ahead as (
    select session_id, min(outcome_at) as outcome_at, min_by(outcome, outcome_at) as outcome
    from of_same
    group by session_id
),

form_starts as (
    select sessions.person, events.event_at
    from {{ ref('stg_events') }} as events
    inner join {{ ref('session_events') }} as placed_events on events.event_id = placed_events.event_id
    inner join sessions on placed_events.session_id = sessions.session_id
    where events.event_type in {{ clickintent.listed_texts(clickintent.evaluation_setting('form_events')) }}
),

-- Whoever has begun a form lately and not ended it is guessed neither way, whatever comes of it: left out only where an
-- outcome follows, forms would tell that none does.
amid as (
    select distinct moments.session_id
    from moments
    inner join form_starts
        on moments.person = form_starts.person
        and moments.known_at >= form_starts.event_at
        and {{ clickintent.days_later('moments.known_at', -clickintent.evaluation_setting('horizon_days')) }} <= form_starts.event_at
    left join outcomes as ended
        on moments.person = ended.person
        and form_starts.event_at <= ended.outcome_at and moments.known_at >= ended.outcome_at
    where ended.event_id is null
),
{%- endif %}

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
