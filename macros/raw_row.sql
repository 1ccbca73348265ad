{# A whole source row as JSON text: what quarantine keeps, and what a missing event id is derived from. #}
{% macro raw_row(table_alias) -%}
    {{ return(adapter.dispatch('raw_row', 'clickintent')(table_alias)) }}
{%- endmacro %}

{% macro default__raw_row(table_alias) -%}
    cast(to_json({{ table_alias }}) as varchar)
{%- endmacro %}
