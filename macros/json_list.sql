{# Snowflake: the elements of a JSON text of a list as an ARRAY, for its functions that take a lambda; null for other text. #}
{% macro json_list(json) -%}
    {{ return(adapter.dispatch('json_list', 'clickintent')(json)) }}
{%- endmacro %}

{% macro default__json_list(json) -%}
    as_array(try_parse_json({{ json }}))
{%- endmacro %}
