-- not_null_consent_withdrawals_has_load_time
select has_load_time
from CLICKINTENT.ANALYTICS.consent_withdrawals
where has_load_time is null
;
-- not_null_consent_withdrawals_source
select source
from CLICKINTENT.ANALYTICS.consent_withdrawals
where source is null
;
-- not_null_consent_withdrawals_visitor_hash
select visitor_hash
from CLICKINTENT.ANALYTICS.consent_withdrawals
where visitor_hash is null
;
-- unique_consent_withdrawals_visitor_hash
select
    visitor_hash as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.consent_withdrawals
where visitor_hash is not null
group by visitor_hash
having count(*) > 1
;
