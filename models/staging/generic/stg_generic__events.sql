{{ config(enabled='generic' in clickintent.event_sources(), materialized='view') }}
{%- set relation = clickintent.generic_relation() %}

with source as (
    select * from {{ relation }}
),

renamed as (
    select
        'generic' as source,
        {{ clickintent.select_event_contract(clickintent.generic_columns(relation), var('event_defaults')) }}
        {{ clickintent.raw_row('source') }} as raw
    from source
)

select * from renamed
