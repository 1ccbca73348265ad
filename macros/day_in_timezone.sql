{# The calendar day, in a named time zone, of a UTC timestamp. #}
{% macro day_in_timezone(utc_timestamp, timezone) -%}
    {{ return(adapter.dispatch('day_in_timezone', 'clickintent')(utc_timestamp, timezone)) }}
{%- endmacro %}

{% macro default__day_in_timezone(utc_timestamp, timezone) -%}
    cast(({{ utc_timestamp }} at time zone 'UTC') at time zone '{{ timezone }}' as date)
{%- endmacro %}

{% macro snowflake__day_in_timezone(utc_timestamp, timezone) -%}
    cast(convert_timezone('UTC', '{{ timezone }}', {{ utc_timestamp }}) as date)
{%- endmacro %}
