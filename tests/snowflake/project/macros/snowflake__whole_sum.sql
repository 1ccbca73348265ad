{# fakesnow sums what is not cast as a double, and takes decimal(38, 0) for 64 bits. #}
{% macro snowflake__whole_sum(expression) -%}
    cast(sum(cast({{ expression }} as decimal(37, 0))) as decimal(37, 0))
{%- endmacro %}
