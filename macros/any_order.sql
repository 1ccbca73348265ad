{# What stands in the parentheses of `row_number() over ()` where any order will do; Snowflake wants one to be named. #}
{% macro any_order() -%}
    {{ return(adapter.dispatch('any_order', 'clickintent')()) }}
{%- endmacro %}

{% macro default__any_order() -%}
{%- endmacro %}

{% macro snowflake__any_order() -%}
    order by 1
{%- endmacro %}
