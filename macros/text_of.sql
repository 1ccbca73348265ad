{#
    A column of a source as text: what DuckDB's cast makes of it, on every warehouse. Ids are derived from this text, so it must
    not depend on a session's settings. `type` is the column's SQL type; none where it is text or nobody knows.
#}
{% macro text_of(column, type=none) -%}
    {{ return(adapter.dispatch('text_of', 'clickintent')(column, type)) }}
{%- endmacro %}

{% macro default__text_of(column, type) -%}
    cast({{ column }} as {{ dbt.type_string() }})
{%- endmacro %}

{#- a cast of Snowflake's writes times as the parameters TIMESTAMP_.._OUTPUT_FORMAT say: to the millisecond, where none is set -#}
{% macro snowflake__text_of(column, type) -%}
    {%- set kind = (type or '') | upper -%}
    {%- if kind.startswith('TIMESTAMP_TZ') or kind.startswith('TIMESTAMP_LTZ') -%}
        {{ clickintent.hash_text("convert_timezone('UTC', " ~ column ~ ")", 'timestamp') }} || '+00'
    {%- elif kind.startswith('TIMESTAMP') or kind.startswith('DATETIME') -%}
        {{ clickintent.hash_text(column, 'timestamp') }}
    {%- elif kind.startswith('DATE') -%}
        to_varchar({{ column }}, 'YYYY-MM-DD')
    {%- elif kind.startswith('FLOAT') or kind.startswith('DOUBLE') or kind.startswith('REAL') -%}
        {{ clickintent.hash_text(column, 'double') }}
    {%- else -%}
        cast({{ column }} as {{ dbt.type_string() }})
    {%- endif -%}
{%- endmacro %}
