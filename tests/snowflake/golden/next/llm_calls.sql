alter session set query_tag = 'clickintent'
;
create or replace  temporary view CLICKINTENT.ANALYTICS.llm_calls__dbt_tmp

  copy grants

  as (

-- the table is made here and filled by the models that call, row by row, while they run
select
    cast(null as TEXT) as call_hash,
    cast(null as TEXT) as purpose,
    cast(null as TEXT) as model,
    cast(null as TEXT) as answered_by,
    cast(null as TEXT) as parameters,
    cast(null as TEXT) as prompt_hash,
    cast(null as TEXT) as taxonomy_version,
    cast(null as TEXT) as request,
    cast(null as TEXT) as response,
    cast(null as TEXT) as items,
    cast(null as TEXT) as status,
    cast(null as TEXT) as error,
    cast(null as bigint) as prompt_tokens,
    cast(null as bigint) as completion_tokens,
    cast(null as float) as cost_usd,
    cast(null as bigint) as attempts,
    cast(null as TEXT) as batch_id,
    cast(null as timestamp) as called_at
where 1 = 0
  )
;
begin;

    insert into CLICKINTENT.ANALYTICS.llm_calls ("CALL_HASH", "PURPOSE", "MODEL", "ANSWERED_BY", "PARAMETERS", "PROMPT_HASH", "TAXONOMY_VERSION", "REQUEST", "RESPONSE", "ITEMS", "STATUS", "ERROR", "PROMPT_TOKENS", "COMPLETION_TOKENS", "COST_USD", "ATTEMPTS", "BATCH_ID", "CALLED_AT")
    (
        select "CALL_HASH", "PURPOSE", "MODEL", "ANSWERED_BY", "PARAMETERS", "PROMPT_HASH", "TAXONOMY_VERSION", "REQUEST", "RESPONSE", "ITEMS", "STATUS", "ERROR", "PROMPT_TOKENS", "COMPLETION_TOKENS", "COST_USD", "ATTEMPTS", "BATCH_ID", "CALLED_AT"
        from CLICKINTENT.ANALYTICS.llm_calls__dbt_tmp
    );
    commit
;
drop view if exists CLICKINTENT.ANALYTICS.llm_calls__dbt_tmp cascade
;
alter session unset query_tag
;
