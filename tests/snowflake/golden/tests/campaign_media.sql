-- accepted_values_campaign_media_referrer_medium__paid__email__social__search__referral
with all_values as (
    select
        referrer_medium as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.campaign_media
    group by referrer_medium
)
select *
from all_values
where value_field not in (
    'paid','email','social','search','referral'
)
;
-- not_null_campaign_media_medium
select medium
from CLICKINTENT.ANALYTICS.campaign_media
where medium is null
;
-- not_null_campaign_media_referrer_medium
select referrer_medium
from CLICKINTENT.ANALYTICS.campaign_media
where referrer_medium is null
;
-- unique_campaign_media_medium
select
    medium as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.campaign_media
where medium is not null
group by medium
having count(*) > 1
;
