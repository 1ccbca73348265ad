{# Aggregate: the rows of a group as one list, ordered by the first column, at most the last `keep` of them. #}
{% macro ordered_rows(columns, keep) -%}
    {{ return(adapter.dispatch('ordered_rows', 'clickintent')(columns, keep)) }}
{%- endmacro %}

{% macro default__ordered_rows(columns, keep) -%}
    list_slice(list_sort(list({
        {%- for column in columns %}'{{ column }}': {{ column }}{{ ', ' if not loop.last }}{% endfor -%}
    })), -{{ keep }}, -1)
{%- endmacro %}

{# A list with one value for each row of such a list; in the expression a row is `event`. #}
{% macro list_of(rows, expression) -%}
    {{ return(adapter.dispatch('list_of', 'clickintent')(rows, expression)) }}
{%- endmacro %}

{% macro default__list_of(rows, expression) -%}
    list_transform({{ rows }}, lambda event: {{ expression }})
{%- endmacro %}
