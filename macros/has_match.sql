{# Whether a regular expression is found anywhere in a text; backslashes in the pattern are written once. #}
{% macro has_match(text, pattern) -%}
    {{ return(adapter.dispatch('has_match', 'clickintent')(text, pattern)) }}
{%- endmacro %}

{% macro default__has_match(text, pattern) -%}
    regexp_matches({{ text }}, '{{ pattern }}')
{%- endmacro %}

{#- `regexp_like` of Snowflake wants the whole text to match -#}
{% macro snowflake__has_match(text, pattern) -%}
    {%- set form = clickintent.snowflake_pattern(pattern) -%}
    (regexp_instr({{ text }}, '{{ form.pattern }}'{{ ", 1, 1, 0, '" ~ form.parameters ~ "'" if form.parameters }}) > 0)
{%- endmacro %}

{# The same where the regular expression is in a column. #}
{% macro has_match_of(text, column) -%}
    {{ return(adapter.dispatch('has_match_of', 'clickintent')(text, column)) }}
{%- endmacro %}

{% macro default__has_match_of(text, column) -%}
    regexp_matches({{ text }}, {{ column }})
{%- endmacro %}

{% macro snowflake__has_match_of(text, column) -%}
    (regexp_instr({{ text }}, {{ column }}) > 0)
{%- endmacro %}
