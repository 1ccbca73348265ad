{{ config(contract={'enforced': true}) }}

with sessions as (
    select * from {{ ref('sessions') }}
    where not is_bot
),

session_intents as (
    select * from {{ ref('session_intents') }}
),

runners_up as (
    select * from {{ ref('session_intent_scores') }}
    where rank > 1
),

-- a session counts once, at its best intent, and is expected at each of its intents by probability
shares as (
    select session_id, coalesce(intent_id, 'none') as intent_id, cast(probability as double) as probability, 1 as rank
    from session_intents
    union all
    select session_id, intent_id, cast(probability as double) as probability, rank
    from runners_up
),

placed as (
    select
        {{ clickintent.day_in_timezone('sessions.started_at', var('reporting_timezone')) }} as day,
        sessions.source,
        sessions.site_id,
        sessions.channel,
        sessions.auth_state,
        coalesce(sessions.device_type, 'unknown') as device_type,
        shares.intent_id,
        shares.probability,
        shares.rank = 1 as is_counted,
        sessions.visitor_id,
        sessions.is_converted,
        sessions.duration_seconds,
        session_intents.is_abstained,
        session_intents.taxonomy_version
    from shares
    inner join session_intents on shares.session_id = session_intents.session_id
    inner join sessions on shares.session_id = sessions.session_id
),

final as (
    select
        day,
        source,
        site_id,
        channel,
        auth_state,
        device_type,
        intent_id,
        count(case when is_counted then 1 end) as sessions,
        {{ clickintent.exact_sum('probability') }} as expected_sessions,
        count(distinct case when is_counted then visitor_id end) as visitors,
        count(case when is_counted and is_converted then 1 end) as converted_sessions,
        cast(count(case when is_counted and is_converted then 1 end) as double)
        / nullif(count(case when is_counted then 1 end), 0) as conversion_rate,
        {{ clickintent.exact_sum('case when is_counted then duration_seconds end') }}
        / nullif(count(case when is_counted then 1 end), 0) as avg_duration_seconds,
        count(case when is_counted and is_abstained then 1 end) as abstained_sessions,
        taxonomy_version
    from placed
    group by day, source, site_id, channel, auth_state, device_type, intent_id, taxonomy_version
)

select * from final
{{ clickintent.leave_out_small_cells('sessions') }}
