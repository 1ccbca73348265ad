{# Seconds from one timestamp to another, with microseconds kept: session rules compare it with a limit. #}
{% macro seconds_between(earlier, later) -%}
    {{ return(adapter.dispatch('seconds_between', 'clickintent')(earlier, later)) }}
{%- endmacro %}

{% macro default__seconds_between(earlier, later) -%}
    ((epoch_us({{ later }}) - epoch_us({{ earlier }})) / 1e6)
{%- endmacro %}

{#- the quotient of two whole numbers would be rounded to six decimals there, and is one of decimals -#}
{% macro snowflake__seconds_between(earlier, later) -%}
    (cast({{ clickintent.epoch_microseconds(later) }} - {{ clickintent.epoch_microseconds(earlier) }} as double) / 1000000)
{%- endmacro %}
