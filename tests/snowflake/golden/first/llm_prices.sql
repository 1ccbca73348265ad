alter session set query_tag = 'clickintent'
;
create transient table CLICKINTENT.ANALYTICS.llm_prices (model text,usd_per_million_prompt_tokens double,usd_per_million_completion_tokens double,source text,as_of date)
;
BEGIN
;
insert overwrite into CLICKINTENT.ANALYTICS.llm_prices (model, usd_per_million_prompt_tokens, usd_per_million_completion_tokens, source, as_of) values
            (?, ?, ?, ?, ?)
;
COMMIT
;
alter session unset query_tag
;
