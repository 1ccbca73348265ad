select event_id like source || ':%' from CLICKINTENT.ANALYTICS.STG_EVENTS limit 1
;
alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.demo_truth
    copy grants

    as (
-- Evaluation only: no model outside this folder may read it, and a test sees to that.
with simulated as (
    select *, 'demo' as source from CLICKINTENT.ANALYTICS.demo_truth_events
),

-- under the ids that events have where several sources are on, too
truth as (
    select
        source || ':' || event_id as stored_event_id,
        simulated_session_id,
        intent,
        need,
        is_mixed,
        is_ambiguous,
        oracle_intent
    from simulated
),

intents as (
    select * from CLICKINTENT.ANALYTICS.demo_intent_map
),

session_events as (
    select * from CLICKINTENT.ANALYTICS.session_events
),

-- two simulated visits within the idle limit are one session: it takes the truth of the one with more events
counted as (
    select
        session_events.session_id,
        truth.simulated_session_id,
        truth.intent as simulator_intent,
        truth.need as simulator_need,
        truth.is_mixed,
        truth.is_ambiguous,
        truth.oracle_intent,
        count(*) as event_count,
        min(session_events.event_index) as first_event_index
    from session_events
    inner join truth on session_events.event_id = truth.stored_event_id
    group by all
),

chosen as (
    select *
    from counted
    qualify row_number() over (partition by session_id order by event_count desc nulls last, first_event_index asc) = 1
),

final as (
    select
        chosen.session_id,
        chosen.simulated_session_id,
        chosen.simulator_intent,
        chosen.simulator_need,
        intents.intent_id,
        split_part(intents.intent_id, '.', 1) as intent_l1,
        oracle.intent_id as oracle_intent_id,
        split_part(oracle.intent_id, '.', 1) as oracle_intent_l1,
        chosen.is_mixed,
        chosen.is_ambiguous
    from chosen
    left join intents on chosen.simulator_intent = intents.simulator_intent
    left join intents as oracle on chosen.oracle_intent = oracle.simulator_intent
)

select * from final
    )

;
alter session unset query_tag
;
