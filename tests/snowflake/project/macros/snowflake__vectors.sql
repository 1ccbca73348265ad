{# fakesnow has no type VECTOR and none of its functions: vectors are ARRAYs there, and what DuckDB does with lists stands in for them. #}
{% macro snowflake__mean_vector(vector, dimension) -%}
    array_construct({% for place in range(dimension) %}avg(cast(get({{ vector }}, {{ place }}) as double)){{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{#- taken apart once: the numbers one by one are sixty-four times the reading -#}
{% macro snowflake__inner_product(one, other) -%}
    list_inner_product(from_json_strict({{ one }}, '["DOUBLE"]'), from_json_strict({{ other }}, '["DOUBLE"]'))
{%- endmacro %}

{% macro snowflake__vector_distance(one, other) -%}
    list_distance(from_json_strict({{ one }}, '["DOUBLE"]'), from_json_strict({{ other }}, '["DOUBLE"]'))
{%- endmacro %}
