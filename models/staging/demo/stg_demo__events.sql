{{ config(enabled='demo' in clickintent.event_sources(), materialized='view') }}
{%- set columns = {} -%}
{%- for name in clickintent.event_contract_columns() if name != 'engaged_seconds' and not name.startswith('utm_') -%}
    {%- set type = {'loaded_at': 'timestamp', 'event_value': 'double'}.get(name) -%}
    {%- do columns.update({name: clickintent.text_of(name, type) if type else name}) -%}
{%- endfor %}

with source as (
    select * from {{ clickintent.movable(ref('demo_events')) }}
),

renamed as (
    select
        'demo' as source,
        {{ clickintent.select_event_contract(columns) }}
        {{ clickintent.native_load_time([['loaded_at', 'timestamp']]) }}
        {{ clickintent.raw_row('source') }} as raw,
        cast(null as {{ dbt.type_string() }}) as load_batch
    from source
)

select * from renamed
