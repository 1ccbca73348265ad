-- accepted_values_llm_calls_status__ok__invalid__refused__truncated__too_long__wrong_model__over_budget__error__submitted
with all_values as (
    select
        status as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.llm_calls
    group by status
)
select *
from all_values
where value_field not in (
    'ok','invalid','refused','truncated','too_long','wrong_model','over_budget','error','submitted'
)
;
-- not_null_llm_calls_attempts
select attempts
from CLICKINTENT.ANALYTICS.llm_calls
where attempts is null
;
-- not_null_llm_calls_call_hash
select call_hash
from CLICKINTENT.ANALYTICS.llm_calls
where call_hash is null
;
-- not_null_llm_calls_called_at
select called_at
from CLICKINTENT.ANALYTICS.llm_calls
where called_at is null
;
-- not_null_llm_calls_completion_tokens
select completion_tokens
from CLICKINTENT.ANALYTICS.llm_calls
where completion_tokens is null
;
-- not_null_llm_calls_items
select items
from CLICKINTENT.ANALYTICS.llm_calls
where items is null
;
-- not_null_llm_calls_model
select model
from CLICKINTENT.ANALYTICS.llm_calls
where model is null
;
-- not_null_llm_calls_parameters
select parameters
from CLICKINTENT.ANALYTICS.llm_calls
where parameters is null
;
-- not_null_llm_calls_prompt_hash
select prompt_hash
from CLICKINTENT.ANALYTICS.llm_calls
where prompt_hash is null
;
-- not_null_llm_calls_prompt_tokens
select prompt_tokens
from CLICKINTENT.ANALYTICS.llm_calls
where prompt_tokens is null
;
-- not_null_llm_calls_purpose
select purpose
from CLICKINTENT.ANALYTICS.llm_calls
where purpose is null
;
-- not_null_llm_calls_status
select status
from CLICKINTENT.ANALYTICS.llm_calls
where status is null
;
-- unique_together_llm_calls_call_hash__status__called_at
select call_hash, status, called_at, count(*) as row_count
from CLICKINTENT.ANALYTICS.llm_calls
group by call_hash, status, called_at
having count(*) > 1
;
