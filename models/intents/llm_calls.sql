{{ config(materialized='incremental', full_refresh=false, on_schema_change='append_new_columns') }}
{%- set text = dbt.type_string() %}

-- the table is made here and filled by the models that call, row by row, while they run
select
    cast(null as {{ text }}) as call_hash,
    cast(null as {{ text }}) as purpose,
    cast(null as {{ text }}) as model,
    cast(null as {{ text }}) as answered_by,
    cast(null as {{ text }}) as parameters,
    cast(null as {{ text }}) as prompt_hash,
    cast(null as {{ text }}) as taxonomy_version,
    cast(null as {{ text }}) as request,
    cast(null as {{ text }}) as response,
    cast(null as {{ text }}) as items,
    cast(null as {{ text }}) as status,
    cast(null as {{ text }}) as error,
    cast(null as {{ dbt.type_bigint() }}) as prompt_tokens,
    cast(null as {{ dbt.type_bigint() }}) as completion_tokens,
    cast(null as {{ dbt.type_float() }}) as cost_usd,
    cast(null as {{ dbt.type_bigint() }}) as attempts,
    cast(null as {{ text }}) as batch_id,
    cast(null as {{ dbt.type_timestamp() }}) as called_at
where 1 = 0
