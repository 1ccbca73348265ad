{#
    Stands after `as` in a CTE of a view that is read more than once. DuckDB would keep such a CTE, and then computes every
    column of the view for readers that need few: on two million events, 10.8 seconds in place of 2.2.
#}
{% macro not_materialized() -%}
    {{ return(adapter.dispatch('not_materialized', 'clickintent')()) }}
{%- endmacro %}

{% macro default__not_materialized() -%}
    {{ return('') }}
{%- endmacro %}

{% macro duckdb__not_materialized() -%}
    {{ return('not materialized') }}
{%- endmacro %}
