{# An ARRAY of fakesnow is JSON, to which DuckDB's functions with a lambda do not go; a list of JSON takes its place. #}
{% macro snowflake__json_list(json) -%}
    from_json({{ json }}, '["JSON"]')
{%- endmacro %}
