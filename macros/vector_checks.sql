{# A vector's numbers as a list. #}
{% macro vector_numbers(vector) -%}
    {{ return(adapter.dispatch('vector_numbers', 'clickintent')(vector)) }}
{%- endmacro %}

{% macro default__vector_numbers(vector) -%}
    cast({{ vector }} as double[])
{%- endmacro %}

{% macro snowflake__vector_numbers(vector) -%}
    cast({{ vector }} as array)
{%- endmacro %}

{# Whether one of a vector's numbers is null or NaN. #}
{% macro lacks_number(vector) -%}
    {{ return(adapter.dispatch('lacks_number', 'clickintent')(vector)) }}
{%- endmacro %}

{% macro default__lacks_number(vector) -%}
    (len(list_filter({{ clickintent.vector_numbers(vector) }}, lambda number: number is null or isnan(number))) > 0)
{%- endmacro %}

{#- a VECTOR has no nulls; a NaN in it makes a NaN of the sum, which is equal to itself there -#}
{% macro snowflake__lacks_number(vector) -%}
    (coalesce({{ clickintent.inner_product(vector, vector) }} = cast('NaN' as double), false))
{%- endmacro %}
