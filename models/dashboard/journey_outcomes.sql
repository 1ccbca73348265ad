{{ config(contract={'enforced': true}) }}
{#- longer journeys are few, and one bar holds them #}
{%- set most_sessions = 10 %}
{%- set most_days = 30 %}

with journeys as (
    select * from {{ ref('journeys') }}
),

converting as (
    select
        journey_sessions.journey_id,
        min(journey_sessions.journey_index) as journey_index
    from {{ ref('journey_sessions') }} as journey_sessions
    inner join {{ ref('sessions') }} as sessions on journey_sessions.session_id = sessions.session_id
    where sessions.is_converted
    group by journey_sessions.journey_id
),

placed as (
    select
        {{ clickintent.week_start(clickintent.day_in_timezone('journeys.started_at', var('reporting_timezone'))) }} as week,
        journeys.channel,
        journeys.intent_l1,
        coalesce(journeys.stage_reached, 'unknown') as stage_reached,
        coalesce(journeys.stage_rank, 0) as stage_rank,
        journeys.is_converted,
        {{ clickintent.at_most('journeys.session_count', most_sessions) }} as session_count,
        {{ clickintent.at_most('converting.journey_index', most_sessions) }} as sessions_to_conversion,
        cast({{ clickintent.at_most('floor(journeys.days_to_conversion)', most_days) }} as bigint) as days_to_conversion
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
{{ clickintent.leave_out_small_cells('journeys') }}
