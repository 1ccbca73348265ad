{{ config(contract={'enforced': true}) }}
{#- a filter of some hundred campaigns is no filter, and each adds cells #}
{%- set campaigns_kept = 20 %}

with {{ clickintent.session_people() }},

sessions as (
    select * from {{ ref('sessions') }}
    where not is_bot
),

session_intents as (
    select * from {{ ref('session_intents') }}
),

scores as (
    select * from {{ ref('session_intent_scores') }}
),

-- a link of one person's may carry their name as its campaign
campaigns as (
    select
        sessions.utm_campaign,
        row_number() over (order by count(*) desc nulls last, sessions.utm_campaign) as place
    from sessions
    inner join session_people on sessions.session_id = session_people.session_id
    where sessions.utm_campaign is not null
    group by sessions.utm_campaign
    having {{ clickintent.is_seen_by_enough('count(distinct session_people.person)') }}
),

-- counted at its best intent, expected at each of its intents; without a classifier a session has none
placed as (
    select
        {{ clickintent.day_in_timezone('sessions.started_at', var('reporting_timezone')) }} as day,
        sessions.source,
        sessions.site_id,
        sessions.channel,
        sessions.auth_state,
        coalesce(sessions.device_type, 'unknown') as device_type,
        case
            when sessions.utm_campaign is null then 'none'
            when campaigns.place <= {{ campaigns_kept }} then sessions.utm_campaign
            else 'other'
        end as campaign,
        coalesce(scores.intent_id, 'none') as intent_id,
        coalesce(cast(scores.probability as double), 0) as probability,
        coalesce(scores.rank, 1) = 1 as is_counted,
        sessions.is_converted,
        session_intents.is_abstained
    from sessions
    inner join session_intents on sessions.session_id = session_intents.session_id
    left join scores on sessions.session_id = scores.session_id
    left join campaigns on sessions.utm_campaign = campaigns.utm_campaign
),

final as (
    select
        day,
        source,
        site_id,
        channel,
        auth_state,
        device_type,
        campaign,
        intent_id,
        count(case when is_counted then 1 end) as sessions,
        {{ clickintent.exact_sum('probability') }} as expected_sessions,
        count(case when is_counted and is_converted then 1 end) as converted_sessions,
        count(case when is_counted and is_abstained then 1 end) as abstained_sessions
    from placed
    group by day, source, site_id, channel, auth_state, device_type, campaign, intent_id
)

select * from final
{{ clickintent.leave_out_small_cells('sessions') }}
