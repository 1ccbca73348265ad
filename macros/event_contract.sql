{#
    Columns that a source's staging model supplies, beside `raw` and `source`. All are text: parsing has one home,
    `source_events`, and what cannot be parsed is quarantined, not lost.
#}
{% macro event_contract_columns() -%}
    {{ return([
        'event_id', 'event_at', 'loaded_at', 'site_id', 'channel', 'visitor_id', 'customer_id', 'event_type',
        'page_url', 'page_title', 'referrer_url', 'utm_source', 'utm_medium', 'utm_campaign', 'device_type',
        'user_agent', 'language', 'has_consent', 'is_internal', 'event_value', 'properties'
    ]) }}
{%- endmacro %}

{# The sources that are switched on: `event_source` is a name or a list of names. #}
{% macro event_sources() -%}
    {%- set chosen = var('event_source') -%}
    {{ return([chosen] if chosen is string else chosen) }}
{%- endmacro %}

{# Select list of the contract's columns from a relation: `columns` maps contract names to expressions. #}
{% macro select_event_contract(columns, defaults={}) -%}
    {%- for name in clickintent.event_contract_columns() %}
    {%- set constant = defaults.get(name) %}
    {%- if name in columns and constant is not none %}
    coalesce(cast({{ columns[name] }} as {{ dbt.type_string() }}), {{ dbt.string_literal(dbt.escape_single_quotes(constant | string)) }}) as {{ name }},
    {%- elif name in columns %}
    cast({{ columns[name] }} as {{ dbt.type_string() }}) as {{ name }},
    {%- elif constant is not none %}
    cast({{ dbt.string_literal(dbt.escape_single_quotes(constant | string)) }} as {{ dbt.type_string() }}) as {{ name }},
    {%- else %}
    cast(null as {{ dbt.type_string() }}) as {{ name }},
    {%- endif %}
    {%- endfor %}
{%- endmacro %}

{# With several sources on, each one's ids carry its name: 1, 2, 3 of one are not 1, 2, 3 of another. #}
{% macro source_prefix() -%}
    {%- if clickintent.event_sources() | length > 1 -%} source || ':' || {% endif -%}
{%- endmacro %}
