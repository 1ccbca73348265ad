{#
    A select of one row for each group of a relation's rows: its keys, and a list of each column, nulls included, in one order.
    All lists of a group are of one length.
#}
{% macro list_columns(relation, keys, lists, order_by) -%}
    {{ return(adapter.dispatch('list_columns', 'clickintent')(relation, keys, lists, order_by)) }}
{%- endmacro %}

{#- DuckDB sorts a group once, as rows, and not once for each list: in less than half the time -#}
{% macro default__list_columns(relation, keys, lists, order_by) -%}
    select
        {{ keys | join(', ') }}
        {%- for list, column in lists.items() %},
        list_transform(listed, lambda item: item.{{ column }}) as {{ list }}
        {%- endfor %}
    from (
        select
            {{ keys | join(', ') }},
            list_sort(list({
                'place': {{ order_by }}{% for column in lists.values() %}, '{{ column }}': {{ column }}{% endfor %}
            })) as listed
        from {{ relation }}
        group by {{ keys | join(', ') }}
    ) as grouped
{%- endmacro %}

{% macro snowflake__list_columns(relation, keys, lists, order_by) -%}
    select
        {{ keys | join(', ') }}
        {%- for list, column in lists.items() %},
        {{ clickintent.list_agg(column, order_by) }} as {{ list }}
        {%- endfor %}
    from {{ relation }}
    group by {{ keys | join(', ') }}
{%- endmacro %}
