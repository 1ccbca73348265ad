{# Every match of a regular expression replaced; backslashes in the arguments are written once. #}
{% macro replace_all(text, pattern, replacement) -%}
    {{ return(adapter.dispatch('replace_all', 'clickintent')(text, pattern, replacement)) }}
{%- endmacro %}

{% macro default__replace_all(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}', 'g')
{%- endmacro %}

{#- every match is replaced there unless told otherwise -#}
{% macro snowflake__replace_all(text, pattern, replacement) -%}
    {%- set form = clickintent.snowflake_pattern(pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ form.pattern }}', '{{ form.replacement }}'{{ ", 1, 0, '" ~ form.parameters ~ "'" if form.parameters }})
{%- endmacro %}
