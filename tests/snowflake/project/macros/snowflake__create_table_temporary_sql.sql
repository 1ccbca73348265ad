{# fakesnow refuses `create temporary table` with a qualified name; dbt drops the table itself when it is done with it. #}
{% macro snowflake__create_table_temporary_sql(relation, compiled_code) -%}
    create or replace table {{ relation }} as ({{ compiled_code }})
{%- endmacro %}
