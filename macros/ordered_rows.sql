{# Aggregate: the rows of a group as one list, ordered by the first field, at most the last `keep` of them. `fields`: name and SQL. #}
{% macro ordered_rows(fields, keep) -%}
    {{ return(adapter.dispatch('ordered_rows', 'clickintent')(fields, keep)) }}
{%- endmacro %}

{% macro default__ordered_rows(fields, keep) -%}
    list_slice(list_sort(list({
        {%- for name, expression in fields.items() %}'{{ name }}': {{ expression }}{{ ', ' if not loop.last }}{% endfor -%}
    })), -{{ keep }}, -1)
{%- endmacro %}

{# A list with one value for each row of such a list; in the expression a row is `event`. #}
{% macro list_of(rows, expression) -%}
    {{ return(adapter.dispatch('list_of', 'clickintent')(rows, expression)) }}
{%- endmacro %}

{% macro default__list_of(rows, expression) -%}
    list_transform({{ rows }}, lambda event: {{ expression }})
{%- endmacro %}

{# Aggregate: those values of a group that are not null, each under a whole number; `value_at` reads one. #}
{% macro values_by_number(number, value) -%}
    {{ return(adapter.dispatch('values_by_number', 'clickintent')(number, value)) }}
{%- endmacro %}

{% macro default__values_by_number(number, value) -%}
    map_from_entries(list({'number': {{ number }}, 'value': {{ value }}}) filter ({{ value }} is not null))
{%- endmacro %}

{# The value under a number; null where there is none. #}
{% macro value_at(values, number) -%}
    {{ return(adapter.dispatch('value_at', 'clickintent')(values, number)) }}
{%- endmacro %}

{% macro default__value_at(values, number) -%}
    {{ values }}[{{ number }}]
{%- endmacro %}
