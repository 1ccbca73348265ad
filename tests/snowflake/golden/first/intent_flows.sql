alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.intent_flows

  (
    week date,
    from_channel varchar,
    from_intent_l1 varchar,
    to_channel varchar,
    to_intent_l1 varchar,
    transitions bigint,
    converted_transitions bigint,
    days_between double

    )

    copy grants

    as (
    select week, from_channel, from_intent_l1, to_channel, to_intent_l1, transitions, converted_transitions, days_between
    from (

with sessions as (
    select * from CLICKINTENT.ANALYTICS.sessions
    where not is_bot
),

session_intents as (
    select * from CLICKINTENT.ANALYTICS.session_intents
    where not is_abstained and intent_l1 is not null
),

session_customers as (
    select * from CLICKINTENT.ANALYTICS.session_customers
),

-- only a known customer can be followed from the web to the app: a device is one channel's
pursued as (
    select
        coalesce('customer ' || session_customers.customer_id, 'visitor ' ||
        coalesce(cast(sessions.source as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(sessions.site_id as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(sessions.channel as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(sessions.visitor_id as TEXT), chr(30))) as person,
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
        greatest(0, (cast(date_part(epoch_microsecond, next_started_at) - date_part(epoch_microsecond, ended_at) as double) / 1000000)) as seconds_between
    from followed
    where to_intent_l1 is not null
),

final as (
    select
        cast(dateadd('day', 1 - dayofweekiso(cast(convert_timezone('UTC', 'UTC', started_at) as date)), cast(convert_timezone('UTC', 'UTC', started_at) as date)) as date) as week,
        from_channel,
        from_intent_l1,
        to_channel,
        to_intent_l1,
        count(*) as transitions,
        count(case when is_next_converted then 1 end) as converted_transitions,
        cast(sum(cast(seconds_between as decimal(24, 6))) as double) / 86400 as days_between
    from spaced
    where seconds_between <= 14 * 86400
    group by week, from_channel, from_intent_l1, to_channel, to_intent_l1
)

select * from final

    ) as model_subq
    )

;
alter session unset query_tag
;
