{#
    A value as it stands in a hash: the text that DuckDB makes of it, on every warehouse, or ids and hashes would differ
    between them. `type` is 'timestamp' ('2026-01-01 00:00:00', with as many decimals as say something) or 'double'
    ('100.0'). Text, whole numbers and booleans need no help.
#}
{% macro hash_text(value, type) -%}
    {%- if type not in ('timestamp', 'double') -%}
        {{ exceptions.raise_compiler_error("hash_text knows the types timestamp and double, not '" ~ type ~ "'.") }}
    {%- endif -%}
    {{ return(adapter.dispatch('hash_text', 'clickintent')(value, type)) }}
{%- endmacro %}

{% macro default__hash_text(value, type) -%}
    {{ return(value) }}
{%- endmacro %}

{#-
    Of doubles, those of up to 15 digits from a ten-thousandth to below 10^15 in size. Snowflake's documents do not say how
    it writes others, such as 1e+16.
-#}
{% macro snowflake__hash_text(value, type) -%}
    {%- if type == 'timestamp' -%}
        regexp_replace(to_varchar(cast({{ value }} as datetime), 'YYYY-MM-DD HH24:MI:SS.FF6'), '[.]?0*$', '')
    {%- else -%}
        case
            when regexp_like(to_varchar({{ value }}), '-?[0-9]+') then to_varchar({{ value }}) || '.0'
            else to_varchar({{ value }})
        end
    {%- endif -%}
{%- endmacro %}
