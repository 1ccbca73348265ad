-- eval_fits_are_before_the_split
-- What an evaluation judges has learned from no session that was not known before the split.
with fits as (
    select 'eval_encoder' as model, version, trained_to from CLICKINTENT.ANALYTICS.eval_encoder
    where status = 'current'
    union all
    select 'eval_classifier' as model, version, trained_to from CLICKINTENT.ANALYTICS.eval_classifier
    where status = 'current'
)
select fits.*, split.split_at
from fits
cross join CLICKINTENT.ANALYTICS.eval_split as split
where fits.trained_to >= split.split_at
;
