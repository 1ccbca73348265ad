-- accepted_values_erasures_person_kind__visitor__customer
with all_values as (
    select
        person_kind as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.erasures
    group by person_kind
)
select *
from all_values
where value_field not in (
    'visitor','customer'
)
;
-- not_null_erasures_erased_at
select erased_at
from CLICKINTENT.ANALYTICS.erasures
where erased_at is null
;
-- not_null_erasures_erased_before
select erased_before
from CLICKINTENT.ANALYTICS.erasures
where erased_before is null
;
-- not_null_erasures_erased_by
select erased_by
from CLICKINTENT.ANALYTICS.erasures
where erased_by is null
;
-- not_null_erasures_person_hash
select person_hash
from CLICKINTENT.ANALYTICS.erasures
where person_hash is null
;
-- not_null_erasures_person_kind
select person_kind
from CLICKINTENT.ANALYTICS.erasures
where person_kind is null
;
-- unique_erasures_person_hash
select
    person_hash as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.erasures
where person_hash is not null
group by person_hash
having count(*) > 1
;
