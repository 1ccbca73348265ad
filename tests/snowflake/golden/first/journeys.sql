alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.journeys

  (
    journey_id varchar,
    source varchar,
    site_id varchar,
    channel varchar,
    visitor_id varchar,
    customer_id varchar,
    intent_l1 varchar,
    first_session_id varchar,
    last_session_id varchar,
    session_count bigint,
    duration_days double,
    mean_days_between_sessions double,
    max_days_between_sessions double,
    stage_reached varchar,
    stage_rank integer,
    is_converted boolean,
    days_to_conversion double,
    started_at timestamp,
    ended_at timestamp,
    converted_at timestamp,
    customer_known_at timestamp

    )

    copy grants

    as (
    select journey_id, source, site_id, channel, visitor_id, customer_id, intent_l1, first_session_id, last_session_id, session_count, duration_days, mean_days_between_sessions, max_days_between_sessions, stage_reached, stage_rank, is_converted, days_to_conversion, started_at, ended_at, converted_at, customer_known_at
    from (

with journey_sessions as (
    select * from CLICKINTENT.ANALYTICS.journey_sessions
),

sessions as (
    select * from CLICKINTENT.ANALYTICS.sessions
),

session_customers as (
    select * from CLICKINTENT.ANALYTICS.session_customers
),

session_stages as (
    select * from CLICKINTENT.ANALYTICS.session_stages
),

stages as (
    select distinct stage, stage_rank from CLICKINTENT.ANALYTICS.journey_stages
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
        cast(sum(cast(seconds_since_previous as decimal(24, 6))) as double) as seconds_between_sessions,
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
        (cast(date_part(epoch_microsecond, summarized.ended_at) - date_part(epoch_microsecond, summarized.started_at) as double) / 1000000) / 86400 as duration_days,
        summarized.seconds_between_sessions / nullif(summarized.session_count - 1, 0) / 86400 as mean_days_between_sessions,
        summarized.longest_gap_seconds / 86400 as max_days_between_sessions,
        stages.stage as stage_reached,
        summarized.stage_rank,
        summarized.is_converted,
        (cast(date_part(epoch_microsecond, summarized.converted_at) - date_part(epoch_microsecond, summarized.started_at) as double) / 1000000) / 86400 as days_to_conversion,
        summarized.started_at,
        summarized.ended_at,
        summarized.converted_at,
        case when summarized.customer_id is not null then summarized.known_at end as customer_known_at
    from summarized
    left join stages on summarized.stage_rank = stages.stage_rank
)

select * from final
    ) as model_subq
    )

;
alter session unset query_tag
;
