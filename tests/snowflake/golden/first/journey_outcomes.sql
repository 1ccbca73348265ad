alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.journey_outcomes

  (
    week date,
    channel varchar,
    intent_l1 varchar,
    stage_reached varchar,
    stage_rank integer,
    is_converted boolean,
    session_count bigint,
    sessions_to_conversion bigint,
    days_to_conversion bigint,
    journeys bigint

    )

    copy grants

    as (
    select week, channel, intent_l1, stage_reached, stage_rank, is_converted, session_count, sessions_to_conversion, days_to_conversion, journeys
    from (

with journeys as (
    select * from CLICKINTENT.ANALYTICS.journeys
),

converting as (
    select
        journey_sessions.journey_id,
        min(journey_sessions.journey_index) as journey_index
    from CLICKINTENT.ANALYTICS.journey_sessions as journey_sessions
    inner join CLICKINTENT.ANALYTICS.sessions as sessions on journey_sessions.session_id = sessions.session_id
    where sessions.is_converted
    group by journey_sessions.journey_id
),

placed as (
    select
        cast(dateadd('day', 1 - dayofweekiso(cast(convert_timezone('UTC', 'UTC', journeys.started_at) as date)), cast(convert_timezone('UTC', 'UTC', journeys.started_at) as date)) as date) as week,
        journeys.channel,
        journeys.intent_l1,
        coalesce(journeys.stage_reached, 'unknown') as stage_reached,
        coalesce(journeys.stage_rank, 0) as stage_rank,
        journeys.is_converted,
        case when journeys.session_count > 10 then 10 else journeys.session_count end as session_count,
        case when converting.journey_index > 10 then 10 else converting.journey_index end as sessions_to_conversion,
        cast(case when floor(journeys.days_to_conversion) > 30 then 30 else floor(journeys.days_to_conversion) end as bigint) as days_to_conversion
    from journeys
    left join converting on journeys.journey_id = converting.journey_id
),

final as (
    select
        week,
        channel,
        intent_l1,
        stage_reached,
        stage_rank,
        is_converted,
        session_count,
        sessions_to_conversion,
        days_to_conversion,
        count(*) as journeys
    from placed
    group by
        week, channel, intent_l1, stage_reached, stage_rank, is_converted, session_count, sessions_to_conversion,
        days_to_conversion
)

select * from final

    ) as model_subq
    )

;
alter session unset query_tag
;
