-- not_null_llm_spending_calls
select calls
from CLICKINTENT.ANALYTICS.llm_spending
where calls is null
;
-- unique_together_llm_spending_day__purpose__model__status
select day, purpose, model, status, count(*) as row_count
from CLICKINTENT.ANALYTICS.llm_spending
group by day, purpose, model, status
having count(*) > 1
;
