alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.intent_trends_daily

  (
    day date,
    source varchar,
    site_id varchar,
    channel varchar,
    auth_state varchar,
    device_type varchar,
    campaign varchar,
    intent_id varchar,
    sessions bigint,
    expected_sessions double,
    converted_sessions bigint,
    abstained_sessions bigint

    )

    copy grants

    as (
    select day, source, site_id, channel, auth_state, device_type, campaign, intent_id, sessions, expected_sessions, converted_sessions, abstained_sessions
    from (

with human_sessions as (
    select session_id, source, site_id, channel, visitor_id, customer_id from CLICKINTENT.ANALYTICS.sessions
    where not is_bot
),

device_customers as (
    select source, site_id, channel, visitor_id, min(customer_id) as customer_id
    from CLICKINTENT.ANALYTICS.customer_sightings
    group by source, site_id, channel, visitor_id
),

session_people as (
    select
        human_sessions.session_id,
        case
            when coalesce(human_sessions.customer_id, device_customers.customer_id) is not null
                then to_number(left(md5(coalesce(human_sessions.customer_id, device_customers.customer_id)), 15), 'XXXXXXXXXXXXXXX')
            else to_number(left(md5(
        coalesce(cast(human_sessions.source as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(human_sessions.site_id as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(human_sessions.channel as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(human_sessions.visitor_id as TEXT), chr(30))), 15), 'XXXXXXXXXXXXXXX')
        end as person
    from human_sessions
    left join device_customers
        on human_sessions.source = device_customers.source and human_sessions.site_id = device_customers.site_id and human_sessions.channel = device_customers.channel and human_sessions.visitor_id = device_customers.visitor_id
),

sessions as (
    select * from CLICKINTENT.ANALYTICS.sessions
    where not is_bot
),

session_intents as (
    select * from CLICKINTENT.ANALYTICS.session_intents
),

scores as (
    select * from CLICKINTENT.ANALYTICS.session_intent_scores
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
    having count(distinct session_people.person) >= 20
),

-- counted at its best intent, expected at each of its intents; without a classifier a session has none
placed as (
    select
        cast(convert_timezone('UTC', 'UTC', sessions.started_at) as date) as day,
        sessions.source,
        sessions.site_id,
        sessions.channel,
        sessions.auth_state,
        coalesce(sessions.device_type, 'unknown') as device_type,
        case
            when sessions.utm_campaign is null then 'none'
            when campaigns.place <= 20 then sessions.utm_campaign
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
        cast(sum(cast(probability as decimal(24, 6))) as double) as expected_sessions,
        count(case when is_counted and is_converted then 1 end) as converted_sessions,
        count(case when is_counted and is_abstained then 1 end) as abstained_sessions
    from placed
    group by day, source, site_id, channel, auth_state, device_type, campaign, intent_id
)

select * from final

    ) as model_subq
    )

;
alter session unset query_tag
;
