{# A text as a literal of SQL. #}
{% macro text_literal(text) -%}
    {{ return(adapter.dispatch('text_literal', 'clickintent')(text)) }}
{%- endmacro %}

{% macro default__text_literal(text) -%}
    {{ return("'" ~ text | replace("'", "''") ~ "'") }}
{%- endmacro %}

{#- a backslash begins an escape there -#}
{% macro snowflake__text_literal(text) -%}
    {{ return("'" ~ text | replace("\\", "\\\\") | replace("'", "''") ~ "'") }}
{%- endmacro %}
