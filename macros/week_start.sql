{# Monday of the week that a date is in. #}
{% macro week_start(day) -%}
    {{ return(adapter.dispatch('week_start', 'clickintent')(day)) }}
{%- endmacro %}

{% macro default__week_start(day) -%}
    cast(date_trunc('week', {{ day }}) as date)
{%- endmacro %}

{#- `date_trunc` to a week follows the session parameter WEEK_START, `dayofweekiso` does not -#}
{% macro snowflake__week_start(day) -%}
    cast(dateadd('day', 1 - dayofweekiso({{ day }}), {{ day }}) as date)
{%- endmacro %}
