{{ config(materialized='view', tags=['evaluation_fit']) }}
-- For the oracle alone, which knows what a simulated person needs; empty where people are real.
{%- if 'demo' in clickintent.event_sources() %}
with truth as (
    select * from {{ clickintent.movable(ref('demo_truth')) }}
),

final as (
    select session_id, simulator_need as need from truth
)

select * from final
{%- else %}
select
    cast(null as {{ dbt.type_string() }}) as session_id,
    cast(null as {{ dbt.type_string() }}) as need
limit 0
{%- endif %}
