{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='session_id',
    full_refresh=false,
    post_hook="{{ clickintent.delete_orphans(['session_id'], ref('session_narratives')) }}"
) }}
-- `clickintent labels grow` writes the rows; a build adds none
with final as (
    select
        cast(null as {{ dbt.type_string() }}) as session_id,
        cast(null as {{ dbt.type_string() }}) as reason,
        cast(null as {{ dbt.type_string() }}) as requested_by,
        cast(null as {{ dbt.type_timestamp() }}) as requested_at
    where 1 = 0
)

select * from final
