{# Sum of whole numbers, exact to 38 digits: of hashes, 64 bits do not hold more than a handful. #}
{% macro whole_sum(expression) -%}
    {{ return(adapter.dispatch('whole_sum', 'clickintent')(expression)) }}
{%- endmacro %}

{% macro default__whole_sum(expression) -%}
    cast(sum({{ expression }}) as decimal(38, 0))
{%- endmacro %}
