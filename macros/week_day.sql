{# The day of the week of a UTC timestamp: 0 for Monday to 6. #}
{% macro week_day(timestamp) -%}
    {{ return(adapter.dispatch('week_day', 'clickintent')(timestamp)) }}
{%- endmacro %}

{% macro default__week_day(timestamp) -%}
    (isodow({{ timestamp }}) - 1)
{%- endmacro %}

{#- `dayofweek` follows the session parameter WEEK_START, `dayofweekiso` does not -#}
{% macro snowflake__week_day(timestamp) -%}
    (dayofweekiso({{ timestamp }}) - 1)
{%- endmacro %}
