-- accepted_values_referrer_sites_referrer_medium__search__social__email
with all_values as (
    select
        referrer_medium as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.referrer_sites
    group by referrer_medium
)
select *
from all_values
where value_field not in (
    'search','social','email'
)
;
-- not_null_referrer_sites_referrer_medium
select referrer_medium
from CLICKINTENT.ANALYTICS.referrer_sites
where referrer_medium is null
;
-- not_null_referrer_sites_site_name
select site_name
from CLICKINTENT.ANALYTICS.referrer_sites
where site_name is null
;
-- unique_referrer_sites_site_name
select
    site_name as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.referrer_sites
where site_name is not null
group by site_name
having count(*) > 1
;
