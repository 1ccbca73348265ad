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
