{{ config(materialized='view') }}
-- The versions that stay scored: the one in force and those that were before it, so that a live ranker can move over.
with encoders as (
    select * from {{ clickintent.movable(ref('session_encoder')) }}
    where status in ('current', 'retired')
),

final as (
    select version, status = 'current' as is_current, config, weights
    from encoders
    qualify row_number() over (
        order by case when status = 'current' then 0 else 1 end asc, approved_at desc nulls last, version asc
    ) <= {{ var('encoder_versions_kept') }}
)

select * from final
