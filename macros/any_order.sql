{#
    What stands in the parentheses of `row_number() over ()` where any order will do for DuckDB. Snowflake wants one to be named, and
    may work a CTE out once for each place that reads it: `columns` tell the rows apart, so that the numbers are the same each time.
#}
{% macro any_order(columns) -%}
    {{ return(adapter.dispatch('any_order', 'clickintent')(columns)) }}
{%- endmacro %}

{% macro default__any_order(columns) -%}
{%- endmacro %}

{% macro snowflake__any_order(columns) -%}
    order by {{ columns | join(', ') }}
{%- endmacro %}
