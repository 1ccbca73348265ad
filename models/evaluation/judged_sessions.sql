{{ config(materialized='view', tags=["evaluation_fit"]) }}
-- Evaluation only: one intent a session, said by somebody other than whom is judged.
with truth as (
    select session_id, intent_id, judge from {{ clickintent.movable(ref('intent_truth')) }}
),

final as (
    select session_id, intent_id, judge as said_by
    from truth
    where
        judge = '{{ "simulator" if "demo" in clickintent.event_sources() else "people" }}'
        and intent_id <> 'none'
)

select * from final
