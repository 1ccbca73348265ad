{#
    Vectors: FLOAT[64] on DuckDB, VECTOR(FLOAT, 64) on Snowflake, where tables publish them. Var `vector_types` says so, since
    contracts, which can call no macro, have to say it as well.
#}

{# The SQL type of an embedding. On Snowflake an ARRAY of 64 numbers is cast to it. #}
{% macro embedding_type() -%}
    {%- if target.type not in var('vector_types') -%}
        {%- do exceptions.raise_compiler_error(
            "The var vector_types has no type for " ~ target.type ~ ": say how 64 numbers of 32 bits are kept there."
        ) -%}
    {%- endif -%}
    {{ return(var('vector_types')[target.type]) }}
{%- endmacro %}

{#
    Aggregate: the mean of the vectors of a group, number by number. As many averages as numbers need one pass and no row per
    number.
#}
{% macro mean_vector(vector, dimension=64) -%}
    {{ return(adapter.dispatch('mean_vector', 'clickintent')(vector, dimension)) }}
{%- endmacro %}

{% macro default__mean_vector(vector, dimension) -%}
    [{% for number in range(1, dimension + 1) %}avg({{ vector }}[{{ number }}]){{ ', ' if not loop.last }}{% endfor %}]
{%- endmacro %}

{% macro snowflake__mean_vector(vector, dimension) -%}
    vector_avg(cast({{ vector }} as {{ clickintent.embedding_type() }}))
{%- endmacro %}

{# Sum of the products of two vectors' numbers. #}
{% macro inner_product(one, other) -%}
    {{ return(adapter.dispatch('inner_product', 'clickintent')(one, other)) }}
{%- endmacro %}

{% macro default__inner_product(one, other) -%}
    list_inner_product({{ one }}, {{ other }})
{%- endmacro %}

{% macro snowflake__inner_product(one, other) -%}
    vector_inner_product({{ one }}, {{ other }})
{%- endmacro %}

{# How far two vectors lie apart, by Euclid. #}
{% macro vector_distance(one, other) -%}
    {{ return(adapter.dispatch('vector_distance', 'clickintent')(one, other)) }}
{%- endmacro %}

{% macro default__vector_distance(one, other) -%}
    list_distance({{ one }}, {{ other }})
{%- endmacro %}

{% macro snowflake__vector_distance(one, other) -%}
    vector_l2_distance({{ one }}, {{ other }})
{%- endmacro %}
