{#
    Post-hook of a Python model with the config `cluster_by`: dbt-snowflake gives its keys to the tables of SQL models alone.
    Where a table has these keys already, nothing changes.
#}
{% macro cluster_python_table() -%}
    {{ return(adapter.dispatch('cluster_python_table', 'clickintent')()) }}
{%- endmacro %}

{% macro default__cluster_python_table() -%}
    {{ return('') }}
{%- endmacro %}

{% macro snowflake__cluster_python_table() -%}
    alter table {{ this }} cluster by ({{ config.require('cluster_by') | join(', ') }})
{%- endmacro %}
