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

{# A parsed time, or null where no clock of a visitor can have shown it: such text was no time. #}
{% macro plausible_timestamp(parsed) -%}
    case when {{ parsed }} between timestamp '1990-01-01' and timestamp '2100-01-01' then {{ parsed }} end
{%- endmacro %}
