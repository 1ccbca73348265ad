{#
    UTC timestamp from text: ISO 8601 with or without an offset (none means UTC), or a Unix time whose unit is told
    by its size (seconds, milliseconds, microseconds, nanoseconds: any time from 1973 to 5138 is unambiguous).
    Null where the text is neither, or lies outside 1990 to 2100.
#}
{% macro parse_timestamp(text) -%}
    {{ return(adapter.dispatch('parse_timestamp', 'clickintent')(text)) }}
{%- endmacro %}

{% macro default__parse_timestamp(text) -%}
    {%- set number = "try_cast(" ~ text ~ " as hugeint)" -%}
    {%- set parsed -%}
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
        else try_cast({{ text }} as timestamp)
    end
    {%- endset -%}
    case
        when {{ parsed }} between timestamp '1990-01-01' and timestamp '2100-01-01' then {{ parsed }}
    end
{%- endmacro %}
