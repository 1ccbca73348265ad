-- intent_trends_add_up
-- the finer cells of `intent_trends_daily` add up to `intent_distribution_daily`, unless small cells are left out
with trends as (
    select
        day,
        intent_id,
        sum(sessions) as sessions,
        sum(converted_sessions) as converted_sessions,
        sum(abstained_sessions) as abstained_sessions,
        round(sum(expected_sessions), 3) as expected_sessions
    from CLICKINTENT.ANALYTICS.intent_trends_daily
    group by day, intent_id
),
daily as (
    select
        day,
        intent_id,
        sum(sessions) as sessions,
        sum(converted_sessions) as converted_sessions,
        sum(abstained_sessions) as abstained_sessions,
        round(sum(expected_sessions), 3) as expected_sessions
    from CLICKINTENT.ANALYTICS.intent_distribution_daily
    group by day, intent_id
)
(select * from trends except select * from daily)
union all
(select * from daily except select * from trends)
;
