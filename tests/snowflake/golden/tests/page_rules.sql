-- not_null_page_rules_page_group
select page_group
from CLICKINTENT.ANALYTICS.page_rules
where page_group is null
;
-- not_null_page_rules_pattern
select pattern
from CLICKINTENT.ANALYTICS.page_rules
where pattern is null
;
-- not_null_page_rules_priority
select priority
from CLICKINTENT.ANALYTICS.page_rules
where priority is null
;
-- unique_page_rules_priority
select
    priority as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.page_rules
where priority is not null
group by priority
having count(*) > 1
;
