{#
    Lists: typed lists on DuckDB, ARRAY on Snowflake, whose items are of type VARIANT. A null in a list has its place on both.
#}

{# Aggregate: a value of each row of a group as one list, nulls included, in an order. #}
{% macro list_agg(value, order_by) -%}
    {{ return(adapter.dispatch('list_agg', 'clickintent')(value, order_by)) }}
{%- endmacro %}

{% macro default__list_agg(value, order_by) -%}
    list({{ value }} order by {{ order_by }})
{%- endmacro %}

{#- `array_agg` leaves out an SQL null, and keeps a JSON null, which is read as an SQL null once it is cast -#}
{% macro snowflake__list_agg(value, order_by) -%}
    array_agg(coalesce(to_variant({{ value }}), parse_json('null'))) within group (order by {{ order_by }})
{%- endmacro %}

{# How many items a list has. #}
{% macro list_length(list) -%}
    {{ return(adapter.dispatch('list_length', 'clickintent')(list)) }}
{%- endmacro %}

{% macro default__list_length(list) -%}
    len({{ list }})
{%- endmacro %}

{% macro snowflake__list_length(list) -%}
    array_size({{ list }})
{%- endmacro %}

{# An item of a list by its place, a number written out, from 1; null past the end. Cast it: on Snowflake it has no type of its own. #}
{% macro list_item(list, place) -%}
    {{ return(adapter.dispatch('list_item', 'clickintent')(list, place)) }}
{%- endmacro %}

{% macro default__list_item(list, place) -%}
    {{ list }}[{{ place }}]
{%- endmacro %}

{#- from 0 -#}
{% macro snowflake__list_item(list, place) -%}
    {{ list }}[{{ place - 1 }}]
{%- endmacro %}

{#
    A select of one row for each place of lists that belong together: `keys` as they are, of each list its item under the name
    it is given, and the place, from 1. `lists`: name to column and SQL type of an item. Rows whose first list is null or empty
    have none.
#}
{% macro list_rows(relation, keys, lists, place) -%}
    {{ return(adapter.dispatch('list_rows', 'clickintent')(relation, keys, lists, place)) }}
{%- endmacro %}

{% macro default__list_rows(relation, keys, lists, place) -%}
    select
        {%- for key in keys %}
        {{ key }},
        {%- endfor %}
        {%- for name, (list, type) in lists.items() %}
        cast({{ name }} as {{ type }}) as {{ name }},
        {%- endfor %}
        cast({{ place }} as integer) as {{ place }}
    from (
        select
            {%- for key in keys %}
            {{ key }},
            {%- endfor %}
            {%- for name, (list, type) in lists.items() %}
            unnest({{ list }}) as {{ name }},
            {%- endfor %}
            generate_subscripts({{ (lists.values() | first)[0] }}, 1) as {{ place }}
        from {{ relation }}
    ) as listed
{%- endmacro %}

{% macro snowflake__list_rows(relation, keys, lists, place) -%}
    select
        {%- for key in keys %}
        listed.{{ key }},
        {%- endfor %}
        {%- for name, (list, type) in lists.items() %}
        cast({{ 'item.value' if loop.first else 'get(listed.' ~ list ~ ', item.index)' }} as {{ type }}) as {{ name }},
        {%- endfor %}
        item.index + 1 as {{ place }}
    from {{ relation }} as listed
    cross join lateral flatten(input => listed.{{ (lists.values() | first)[0] }}) as item
{%- endmacro %}

{# A list written out: `items` are SQL expressions, `type` is that of an item. #}
{% macro list_literal(items, type) -%}
    {{ return(adapter.dispatch('list_literal', 'clickintent')(items, type)) }}
{%- endmacro %}

{% macro default__list_literal(items, type) -%}
    cast([{{ items | join(', ') }}] as {{ type }}[])
{%- endmacro %}

{#- any type; a null as `list_agg` has it -#}
{% macro snowflake__list_literal(items, type) -%}
    array_construct({% for item in items %}{{ "parse_json('null')" if item == 'null' else item }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}
