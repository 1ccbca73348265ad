{# The same of `create temporary view`. #}
{% macro snowflake__create_view_as_with_temp_flag(relation, sql, is_temporary=False) -%}
    create or replace view {{ relation }} as ({{ sql }})
{%- endmacro %}
