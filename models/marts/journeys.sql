{{ config(contract={'enforced': true}) }}

with journey_sessions as (
    select * from {{ ref('journey_sessions') }}
),

sessions as (
    select * from {{ ref('sessions') }}
),

session_customers as (
    select * from {{ ref('session_customers') }}
),

session_stages as (
    select * from {{ ref('session_stages') }}
),

stages as (
    select distinct stage, stage_rank from {{ ref('journey_stages') }}
),

steps as (
    select
        journey_sessions.*,
        sessions.source,
        sessions.site_id,
        sessions.channel,
        sessions.visitor_id,
        sessions.started_at,
        sessions.ended_at,
        sessions.is_converted,
        sessions.converted_at,
        session_customers.customer_id,
        session_customers.known_at,
        session_stages.stage_rank
    from journey_sessions
    inner join sessions on journey_sessions.session_id = sessions.session_id
    left join session_customers on journey_sessions.session_id = session_customers.session_id
    left join session_stages on journey_sessions.session_id = session_stages.session_id
),

summarized as (
    select
        journey_id,
        any_value(source) as source,
        any_value(site_id) as site_id,
        any_value(channel) as channel,
        any_value(visitor_id) as visitor_id,
        any_value(intent_l1) as intent_l1,
        -- of every session, or of none: else a login would name the sessions that nobody was allowed to link
        case when count(customer_id) = count(*) and min(customer_id) = max(customer_id) then min(customer_id) end as customer_id,
        max(known_at) as known_at,
        min_by(session_id, journey_index) as first_session_id,
        max_by(session_id, journey_index) as last_session_id,
        count(*) as session_count,
        max(stage_rank) as stage_rank,
        min(started_at) as started_at,
        max(ended_at) as ended_at,
        {{ clickintent.exact_sum('seconds_since_previous') }} as seconds_between_sessions,
        max(seconds_since_previous) as longest_gap_seconds,
        min(converted_at) as converted_at,
        max(case when is_converted then 1 else 0 end) = 1 as is_converted
    from steps
    group by journey_id
),

final as (
    select
        summarized.journey_id,
        summarized.source,
        summarized.site_id,
        summarized.channel,
        summarized.visitor_id,
        summarized.customer_id,
        summarized.intent_l1,
        summarized.first_session_id,
        summarized.last_session_id,
        summarized.session_count,
        {{ clickintent.seconds_between('summarized.started_at', 'summarized.ended_at') }} / 86400 as duration_days,
        summarized.seconds_between_sessions / nullif(summarized.session_count - 1, 0) / 86400 as mean_days_between_sessions,
        summarized.longest_gap_seconds / 86400 as max_days_between_sessions,
        stages.stage as stage_reached,
        summarized.stage_rank,
        summarized.is_converted,
        {{ clickintent.seconds_between('summarized.started_at', 'summarized.converted_at') }} / 86400 as days_to_conversion,
        summarized.started_at,
        summarized.ended_at,
        summarized.converted_at,
        case when summarized.customer_id is not null then summarized.known_at end as customer_known_at
    from summarized
    left join stages on summarized.stage_rank = stages.stage_rank
)

select * from final
