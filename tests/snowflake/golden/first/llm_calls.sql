alter session set query_tag = 'clickintent'
;
create or replace table CLICKINTENT.ANALYTICS.llm_calls
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
drop view if exists CLICKINTENT.ANALYTICS.llm_calls__dbt_tmp cascade
;
alter session unset query_tag
;
