{{ config(materialized='incremental', incremental_strategy='delete+insert', full_refresh=false, unique_key='person_hash') }}
-- Written by `clickintent forget`, and by no build: what is in it stays, a full refresh included.
with final as (
    select
        cast(null as {{ dbt.type_string() }}) as person_hash,
        cast(null as {{ dbt.type_string() }}) as person_kind,
        cast(null as timestamp) as erased_before,
        cast(null as timestamp) as erased_at,
        cast(null as {{ dbt.type_string() }}) as erased_by
    where 1 = 0
)

select * from final
