{# Aggregate: a group's values under their names as JSON text of one object, sorted by name; null where there are none. #}
{% macro json_map(name, value, condition='true') -%}
    {{ return(adapter.dispatch('json_map', 'clickintent')(name, value, condition)) }}
{%- endmacro %}

{% macro default__json_map(name, value, condition) -%}
    cast(to_json(map_from_entries(
        list({'name': {{ name }}, 'value': {{ value }}} order by {{ name }}) filter (where {{ condition }})
    )) as varchar)
{%- endmacro %}

{# From-item of the numbers of such a text in a column of an item to its left: one row each, `entry.key` and `entry.value`. #}
{% macro json_map_entries(json, alias) -%}
    {{ return(adapter.dispatch('json_map_entries', 'clickintent')(json, alias)) }}
{%- endmacro %}

{% macro default__json_map_entries(json, alias) -%}
    unnest(map_entries(cast(cast({{ json }} as json) as map(varchar, double)))) as {{ alias }} (entry)
{%- endmacro %}
