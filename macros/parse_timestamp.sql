{#
    UTC timestamp from text: ISO 8601 with or without an offset (none means UTC), or a Unix time whose unit is told
    by its size (seconds, milliseconds, microseconds, nanoseconds: any time from 1973 to 5138 is unambiguous).
    Null where the text is neither. `plausible_timestamp` bounds it.
#}
{% macro parse_timestamp(text) -%}
    {{ return(adapter.dispatch('parse_timestamp', 'clickintent')(text)) }}
{%- endmacro %}

{% macro default__parse_timestamp(text) -%}
    {%- set number = "try_cast(" ~ text ~ " as hugeint)" -%}
    {%- set offset_with_colon = "regexp_replace(upper(" ~ text ~ "), ' ?([+-][0-9]{2}):?([0-9]{2})$', '\\1:\\2')" -%}
    case
        when regexp_full_match({{ text }}, '\s*[0-9]{9,20}(\.[0-9]+)?\s*') then
            try(make_timestamp(cast(
                case
                    when {{ number }} < 100000000000 then try_cast({{ text }} as double) * 1e6
                    when {{ number }} < 100000000000000 then try_cast({{ text }} as double) * 1e3
                    when {{ number }} < 100000000000000000 then {{ number }}
                    else {{ number }} // 1000
                end as bigint
            )))
        -- DuckDB drops an offset when it casts to a timestamp without one
        when regexp_matches({{ text }}, ':[0-9]{2}(\.[0-9]+)? ?(UTC|[+-][0-9]{2}(:?[0-9]{2})?)$') then
            try_cast({{ offset_with_colon }} as timestamptz) at time zone 'UTC'
        else try_cast(upper({{ text }}) as timestamp)
    end
{%- endmacro %}

{#-
    Microseconds, as DuckDB keeps: the default precision there is nanoseconds. A time without an offset is read in the format
    that is found by itself, which would also take a number or an American date, hence the check of its first digits;
    `datetime` has no zone there whatever the session's parameters say.
    Forms of ISO 8601 alone: '2026/1/5', which DuckDB reads, is quarantined.

    https://docs.snowflake.com/en/sql-reference/date-time-input-output
-#}
{% macro snowflake__parse_timestamp(text) -%}
    {%- set number = "try_to_number(trim(" ~ text ~ "), 38, 0)" -%}
    {%- set plain = "regexp_replace(upper(trim(" ~ text ~ ")), '(:[0-9]{2}:[0-9]{2}([.][0-9]*)?) ?(Z|UTC)$', '\\\\1')" -%}
    {%- set offset_with_colon = "regexp_replace(upper(trim(" ~ text ~ ")), ' ?([+-][0-9]{2}):?([0-9]{2})$', '\\\\1:\\\\2')" -%}
    {%- set whole_offset = "regexp_replace(" ~ offset_with_colon ~ ", '(:[0-9]{2}([.][0-9]+)?) ?([+-][0-9]{2})$', '\\\\1\\\\3:00')" -%}
    date_trunc('microsecond', case
        when regexp_like({{ text }}, '\\s*[0-9]{9,20}([.][0-9]+)?\\s*') then
            {{ clickintent.unix_timestamp(
                "case when " ~ number ~ " < 100000000000 then round(try_to_double(trim(" ~ text ~ ")) * 1000000)"
                ~ " when " ~ number ~ " < 100000000000000 then round(try_to_double(trim(" ~ text ~ ")) * 1000)"
                ~ " when " ~ number ~ " < 100000000000000000 then " ~ number
                ~ " else floor(" ~ number ~ " / 1000) end"
            ) }}
        when regexp_instr({{ text }}, ':[0-9]{2}([.][0-9]+)? ?[+-][0-9]{2}(:?[0-9]{2})?$') > 0 then
            cast(convert_timezone('UTC', try_cast({{ whole_offset }} as timestamp_tz)) as datetime)
        when regexp_like({{ text }}, '\\s*[0-9]{4}-[0-9]{2}-[0-9]{2}.*') then try_cast({{ plain }} as datetime)
    end)
{%- endmacro %}

{# Snowflake: the timestamp that is so many microseconds after 1970, or null where `plausible_timestamp` would refuse it. #}
{% macro unix_timestamp(microseconds) -%}
    case
        when {{ microseconds }} between 0 and 4102444800000000
            then dateadd('microsecond', {{ microseconds }}, timestamp '1970-01-01 00:00:00')
    end
{%- endmacro %}

{# A parsed time, or null where no clock of a visitor can have shown it: such text was no time. #}
{% macro plausible_timestamp(parsed) -%}
    {%- set span = clickintent.plausible_days() -%}
    case when {{ parsed }} between timestamp '{{ span[0] }}' and timestamp '{{ span[1] }}' then {{ parsed }} end
{%- endmacro %}

{# The first and the last day of them. #}
{% macro plausible_days() -%}
    {{ return(['1990-01-01', '2100-01-01']) }}
{%- endmacro %}
