{# Whether a regular expression is found anywhere in a text; backslashes in the pattern are written once. #}
{% macro has_match(text, pattern) -%}
    {{ return(adapter.dispatch('has_match', 'clickintent')(text, pattern)) }}
{%- endmacro %}

{% macro default__has_match(text, pattern) -%}
    regexp_matches({{ text }}, '{{ pattern }}')
{%- endmacro %}

{#- `regexp_like` of Snowflake wants the whole text to match -#}
{% macro snowflake__has_match(text, pattern) -%}
    (regexp_instr({{ text }}, '{{ pattern | replace("\\", "\\\\") }}') > 0)
{%- endmacro %}
