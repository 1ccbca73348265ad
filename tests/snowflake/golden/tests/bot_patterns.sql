-- not_null_bot_patterns_origin
select origin
from CLICKINTENT.ANALYTICS.bot_patterns
where origin is null
;
-- not_null_bot_patterns_pattern
select pattern
from CLICKINTENT.ANALYTICS.bot_patterns
where pattern is null
;
-- unique_bot_patterns_pattern
select
    pattern as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.bot_patterns
where pattern is not null
group by pattern
having count(*) > 1
;
