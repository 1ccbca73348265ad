alter session set query_tag = 'clickintent'
;
create or replace   view CLICKINTENT.ANALYTICS.eval_training_sequences

  copy grants

  as (

-- All that models of the evaluation are fitted on.
with sequences as (
    select * from CLICKINTENT.ANALYTICS.eval_sequences
),

final as (
    select * from sequences where is_before_split
)

select * from final
  )
;
alter session unset query_tag
;
