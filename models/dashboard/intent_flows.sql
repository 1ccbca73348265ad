{{ config(contract={'enforced': true}) }}
{%- set visitor = clickintent.joined_text([
    'sessions.source', 'sessions.site_id', 'sessions.channel', 'sessions.visitor_id'
]) %}

with sessions as (
    select * from {{ ref('sessions') }}
    where not is_bot
),

session_intents as (
    select * from {{ ref('session_intents') }}
    where not is_abstained and intent_l1 is not null
),

session_customers as (
    select * from {{ ref('session_customers') }}
),

-- only a known customer can be followed from the web to the app: a device is one channel's
pursued as (
    select
        coalesce('customer ' || session_customers.customer_id, 'visitor ' || {{ visitor }}) as person,
        sessions.session_id,
        sessions.channel,
        session_intents.intent_l1,
        sessions.started_at,
        sessions.ended_at,
        sessions.is_converted
    from sessions
    inner join session_intents on sessions.session_id = session_intents.session_id
    left join session_customers on sessions.session_id = session_customers.session_id
),

followed as (
    select
        channel as from_channel,
        intent_l1 as from_intent_l1,
        lead(channel) over (partition by person order by started_at, ended_at, session_id) as to_channel,
        lead(intent_l1) over (partition by person order by started_at, ended_at, session_id) as to_intent_l1,
        lead(started_at) over (partition by person order by started_at, ended_at, session_id) as next_started_at,
        lead(is_converted) over (partition by person order by started_at, ended_at, session_id) as is_next_converted,
        started_at,
        ended_at
    from pursued
),

spaced as (
    select
        *,
        -- on two devices at once, the next one may start before this one ends
        greatest(0, {{ clickintent.seconds_between('ended_at', 'next_started_at') }}) as seconds_between
    from followed
    where to_intent_l1 is not null
),

final as (
    select
        {{ clickintent.week_start(clickintent.day_in_timezone('started_at', var('reporting_timezone'))) }} as week,
        from_channel,
        from_intent_l1,
        to_channel,
        to_intent_l1,
        count(*) as transitions,
        count(case when is_next_converted then 1 end) as converted_transitions,
        {{ clickintent.exact_sum('seconds_between') }} / 86400 as days_between
    from spaced
    where seconds_between <= {{ var('journey_gap_days') }} * 86400
    group by week, from_channel, from_intent_l1, to_channel, to_intent_l1
)

select * from final
{{ clickintent.leave_out_small_cells('transitions') }}
