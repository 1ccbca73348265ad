alter session set query_tag = 'clickintent'
;
create or replace   view CLICKINTENT.ANALYTICS.judged_sessions

  copy grants

  as (

-- Evaluation only: one intent a session, said by somebody other than whom is judged.
with truth as (
    select session_id, intent_id, judge from CLICKINTENT.ANALYTICS.intent_truth
),

final as (
    select session_id, intent_id, judge as said_by
    from truth
    where
        judge = 'simulator'
        and intent_id <> 'none'
)

select * from final
  )
;
alter session unset query_tag
;
