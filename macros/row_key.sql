{#
    A cheap key of the rows of a table, good for the length of one query: to sort narrow rows and fetch the wide ones
    afterwards. DuckDB numbers the rows of a table; elsewhere it is the event's id.
#}
{% macro row_key() -%}
    {{ return(adapter.dispatch('row_key', 'clickintent')()) }}
{%- endmacro %}

{% macro default__row_key() -%}
    event_id
{%- endmacro %}

{% macro duckdb__row_key() -%}
    {#- under --empty a table is a query, which has no row numbers -#}
    {{ 'event_id' if flags.EMPTY else 'rowid' }}
{%- endmacro %}
