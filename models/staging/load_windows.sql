{{ config(materialized='table') }}
{%- set audit = clickintent.stored_table('ingestion_audit', 'loaded_to') %}

-- told once, before anything is read: every model of this build takes the same rows. The audit is written after all of
-- them, so that its newest load is one that each of them has seen, whatever was killed since.
{%- if audit is none %}
with final as (
    select {{ clickintent.no_text() }} as source, cast(null as timestamp) as read_from where 1 = 0
)
{%- else %}
with newest as (
    select source, max(loaded_to) as loaded_to
    from {{ audit }}
    -- a load time ahead of the clock is a broken one
    where has_load_time and loaded_to <= cast('{{ clickintent.clock() }}' as timestamp)
    group by source
),

final as (
    select source, date_trunc('day', {{ dbt.dateadd('hour', -var('load_lookback_hours'), 'loaded_to') }}) as read_from
    from newest
)
{%- endif %}

select * from final
