alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.intent_shares_daily

  (
    session_day date,
    source varchar,
    site_id varchar,
    channel varchar,
    auth_state varchar,
    device_type varchar,
    intent_id varchar,
    intent_l1 varchar,
    sessions bigint,
    all_sessions bigint,
    all_sessions_of_group bigint

    )

    copy grants

    as (
    select session_day, source, site_id, channel, auth_state, device_type, intent_id, intent_l1, sessions, all_sessions, all_sessions_of_group
    from (

with human_sessions as (
    select * from CLICKINTENT.ANALYTICS.human_sessions
),

cells as (
    select session_day, source, site_id, channel, auth_state, device_type, count(*) as all_sessions
    from human_sessions
    group by session_day, source, site_id, channel, auth_state, device_type
),

intents as (
    select
        intent_id,
        intent_l1,
        row_number() over (partition by intent_l1 order by intent_id) as index_in_group
    from (select distinct intent_id, intent_l1 from human_sessions) as found
),

counted as (
    select session_day, source, site_id, channel, auth_state, device_type, intent_id, count(*) as sessions
    from human_sessions
    group by session_day, source, site_id, channel, auth_state, device_type, intent_id
),

-- a cell has a row for every intent, seen there or not, so that whatever is summed over cells has the whole denominator
final as (
    select
        cells.session_day,
        cells.source,
        cells.site_id,
        cells.channel,
        cells.auth_state,
        cells.device_type,
        intents.intent_id,
        intents.intent_l1,
        coalesce(counted.sessions, 0) as sessions,
        cells.all_sessions,
        case when intents.index_in_group = 1 then cells.all_sessions else 0 end as all_sessions_of_group
    from cells
    cross join intents
    left join counted
        on cells.session_day = counted.session_day
        and cells.source = counted.source
        and cells.site_id = counted.site_id
        and cells.channel = counted.channel
        and cells.auth_state = counted.auth_state
        and cells.device_type = counted.device_type
        and intents.intent_id = counted.intent_id
)

select * from final
    ) as model_subq
    )

;
alter session unset query_tag
;
