{# fakesnow has no type VECTOR and none of its functions: vectors are ARRAYs there, and the numbers are taken out one by one. #}
{% macro snowflake__mean_vector(vector, dimension) -%}
    array_construct({% for place in range(dimension) %}avg(cast(get({{ vector }}, {{ place }}) as double)){{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{% macro snowflake__inner_product(one, other) -%}
    ({% for place in range(64) %}cast(get({{ one }}, {{ place }}) as double) * cast(get({{ other }}, {{ place }}) as double){{ ' + ' if not loop.last }}{% endfor %})
{%- endmacro %}

{% macro snowflake__vector_distance(one, other) -%}
    sqrt({% for place in range(64) %}power(cast(get({{ one }}, {{ place }}) as double) - cast(get({{ other }}, {{ place }}) as double), 2){{ ' + ' if not loop.last }}{% endfor %})
{%- endmacro %}
