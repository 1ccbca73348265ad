alter session set query_tag = 'clickintent'
;
create or replace   view CLICKINTENT.ANALYTICS.intent_truth

  copy grants

  as (

-- Evaluation only: no model outside of it may read this, and a test sees to that.
with people as (
    select
        session_id,
        intent_id,
        'people' as judge,
        cast(null as varchar) as oracle_intent_id
    from CLICKINTENT.ANALYTICS.gold_labels
    where shown_because = 'random'
),

simulator as (
    select
        session_id,
        intent_id,
        'simulator' as judge,
        oracle_intent_id
    from CLICKINTENT.ANALYTICS.demo_truth
),

final as (
    select * from people
    union all
    select * from simulator
)

select * from final
  )
;
alter session unset query_tag
;
