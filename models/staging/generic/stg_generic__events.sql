{{ config(enabled='generic' in clickintent.event_sources(), materialized='view') }}
{#- which files are read stands in the view itself #}
-- depends_on: {{ ref('batches_to_read') }}
{%- set relation = clickintent.generic_relation() %}
{%- set found = clickintent.relation_columns(relation) if execute and relation is not none else {} %}
{%- set is_files = relation is not none and var('events_path') is not none %}

with source as (
    {%- if relation is none %}
    select {{ clickintent.no_text() }} as clickintent_file where 1 = 0
    {%- else %}
    select * from {{ relation }}
    {%- endif %}
),

renamed as (
    select
        'generic' as source,
        {{ clickintent.select_event_contract(clickintent.generic_columns(relation, found), var('event_defaults')) }}
        {{ clickintent.native_load_time(clickintent.generic_load_times(found)) }}
        {{ clickintent.raw_row_of_file('source') if is_files else clickintent.raw_row('source') }} as raw,
        {{ 'clickintent_file' if is_files else clickintent.no_text() }} as load_batch
    from source
)

select * from renamed
