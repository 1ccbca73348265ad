{{ config(materialized='view', tags=['evaluation_fit']) }}
-- All that models of the evaluation are fitted on.
with sequences as (
    select * from {{ clickintent.movable(ref('eval_sequences')) }}
),

final as (
    select * from sequences where is_before_split
)

select * from final
