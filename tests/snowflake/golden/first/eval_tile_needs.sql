alter session set query_tag = 'clickintent'
;
create or replace   view CLICKINTENT.ANALYTICS.eval_tile_needs

  copy grants

  as (

-- For the oracle alone, which knows what a simulated person needs; empty where people are real.
with truth as (
    select * from CLICKINTENT.ANALYTICS.demo_truth
),

final as (
    select session_id, simulator_need as need from truth
)

select * from final
  )
;
alter session unset query_tag
;
