{#
    Stands after `as` in a CTE that DuckDB is to compute on its own, where inlining it would do its work more than once or in a
    worse order. Elsewhere the warehouse decides.
#}
{% macro materialized() -%}
    {{ return(adapter.dispatch('materialized', 'clickintent')()) }}
{%- endmacro %}

{% macro default__materialized() -%}
    {{ return('') }}
{%- endmacro %}

{% macro duckdb__materialized() -%}
    {{ return('materialized') }}
{%- endmacro %}
