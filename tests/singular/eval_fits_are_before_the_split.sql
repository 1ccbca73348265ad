{{ config(tags=['evaluation_fit']) }}
-- What an evaluation judges has learned from no session that was not known before the split.
with fits as (
    select 'eval_encoder' as model, version, trained_to from {{ ref('eval_encoder') }}
    where status = 'current'
    union all
    select 'eval_classifier' as model, version, trained_to from {{ ref('eval_classifier') }}
    where status = 'current'
)

select fits.*, split.split_at
from fits
cross join {{ ref('eval_split') }} as split
where fits.trained_to >= split.split_at
