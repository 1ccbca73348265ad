-- not_null_llm_prices_as_of
select as_of
from CLICKINTENT.ANALYTICS.llm_prices
where as_of is null
;
-- not_null_llm_prices_model
select model
from CLICKINTENT.ANALYTICS.llm_prices
where model is null
;
-- not_null_llm_prices_source
select source
from CLICKINTENT.ANALYTICS.llm_prices
where source is null
;
-- not_null_llm_prices_usd_per_million_completion_tokens
select usd_per_million_completion_tokens
from CLICKINTENT.ANALYTICS.llm_prices
where usd_per_million_completion_tokens is null
;
-- not_null_llm_prices_usd_per_million_prompt_tokens
select usd_per_million_prompt_tokens
from CLICKINTENT.ANALYTICS.llm_prices
where usd_per_million_prompt_tokens is null
;
-- unique_llm_prices_model
select
    model as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.llm_prices
where model is not null
group by model
having count(*) > 1
;
