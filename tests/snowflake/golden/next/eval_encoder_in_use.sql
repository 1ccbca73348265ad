alter session set query_tag = 'clickintent'
;
drop table if exists CLICKINTENT.ANALYTICS.EVAL_ENCODER_IN_USE cascade
;
create or replace   view CLICKINTENT.ANALYTICS.eval_encoder_in_use

  copy grants

  as (

with encoders as (
    select * from CLICKINTENT.ANALYTICS.eval_encoder
),

final as (
    select version, true as is_current, config, weights, trained_to
    from encoders
    where status = 'current'
)

select * from final
  )
;
alter session unset query_tag
;
