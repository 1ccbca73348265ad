{%- set pursuit = ['source', 'site_id', 'channel', 'visitor_id', 'intent_l1'] | join(', ') %}
{%- set in_order = 'started_at, ended_at, session_id' %}

with sessions as (
    select * from {{ ref('sessions') }}
    where not is_bot
),

session_intents as (
    select * from {{ ref('session_intents') }}
    where not is_abstained and intent_l1 is not null
),

-- a session of another intent, or of none, neither ends a journey nor belongs to it
pursued as (
    select
        sessions.session_id,
        sessions.source,
        sessions.site_id,
        sessions.channel,
        sessions.visitor_id,
        session_intents.intent_l1,
        sessions.started_at,
        sessions.ended_at
    from sessions
    inner join session_intents on sessions.session_id = session_intents.session_id
),

spaced as (
    select
        *,
        {{ clickintent.seconds_between(
            'lag(ended_at) over (partition by ' ~ pursuit ~ ' order by ' ~ in_order ~ ')', 'started_at'
        ) }} as seconds_since_previous
    from pursued
),

marked as (
    select
        *,
        coalesce(seconds_since_previous > {{ var('journey_gap_days') }} * 86400, true) as is_first
    from spaced
),

numbered as (
    select
        *,
        sum(case when is_first then 1 else 0 end) over (
            partition by {{ pursuit }} order by {{ in_order }} rows between unbounded preceding and current row
        ) as journey_number
    from marked
),

ordered as (
    select
        *,
        row_number() over (partition by {{ pursuit }}, journey_number order by {{ in_order }}) as journey_index,
        first_value(session_id) over (partition by {{ pursuit }}, journey_number order by {{ in_order }}) as first_session_id
    from numbered
),

final as (
    select
        session_id,
        -- a session id already names its visitor
        {{ clickintent.stable_hash(['intent_l1', 'first_session_id']) }} as journey_id,
        intent_l1,
        journey_index,
        case when not is_first then seconds_since_previous end as seconds_since_previous
    from ordered
)

select * from final
