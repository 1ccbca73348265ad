{{ config(materialized='view', tags=['evaluation_fit']) }}

with encoders as (
    select * from {{ clickintent.movable(ref('eval_encoder')) }}
),

final as (
    select version, true as is_current, config, weights, trained_to
    from encoders
    where status = 'current'
)

select * from final
