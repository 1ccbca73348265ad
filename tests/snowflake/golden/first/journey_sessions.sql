alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.journey_sessions
    copy grants

    as (

with sessions as (
    select * from CLICKINTENT.ANALYTICS.sessions
    where not is_bot
),

session_intents as (
    select * from CLICKINTENT.ANALYTICS.session_intents
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
        (cast(date_part(epoch_microsecond, started_at) - date_part(epoch_microsecond, lag(ended_at) over (partition by source, site_id, channel, visitor_id, intent_l1 order by started_at, ended_at, session_id)) as double) / 1000000) as seconds_since_previous
    from pursued
),

marked as (
    select
        *,
        coalesce(seconds_since_previous > 14 * 86400, true) as is_first
    from spaced
),

numbered as (
    select
        *,
        sum(case when is_first then 1 else 0 end) over (
            partition by source, site_id, channel, visitor_id, intent_l1 order by started_at, ended_at, session_id rows between unbounded preceding and current row
        ) as journey_number
    from marked
),

ordered as (
    select
        *,
        row_number() over (partition by source, site_id, channel, visitor_id, intent_l1, journey_number order by started_at, ended_at, session_id) as journey_index,
        first_value(session_id) over (partition by source, site_id, channel, visitor_id, intent_l1, journey_number order by started_at, ended_at, session_id) as first_session_id
    from numbered
),

final as (
    select
        session_id,
        -- a session id already names its visitor
        md5(
        coalesce(cast(intent_l1 as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(first_session_id as TEXT), chr(30))) as journey_id,
        intent_l1,
        journey_index,
        case when not is_first then seconds_since_previous end as seconds_since_previous
    from ordered
)

select * from final
    )

;
alter session unset query_tag
;
