{# The first items of a list, as many as `count` says. #}
{% macro list_head(list, count) -%}
    {{ return(adapter.dispatch('list_head', 'clickintent')(list, count)) }}
{%- endmacro %}

{% macro default__list_head(list, count) -%}
    list_slice({{ list }}, 1, {{ count }})
{%- endmacro %}

{#- from 0, and without the item at the end of the range -#}
{% macro snowflake__list_head(list, count) -%}
    array_slice({{ list }}, 0, {{ count }})
{%- endmacro %}

{# The same with null in place of the last of them. #}
{% macro list_head_open(list, count) -%}
    {{ return(adapter.dispatch('list_head_open', 'clickintent')(list, count)) }}
{%- endmacro %}

{% macro default__list_head_open(list, count) -%}
    list_append(list_slice({{ list }}, 1, {{ count }} - 1), null)
{%- endmacro %}

{#- a JSON null, as `list_agg` has it: an SQL null is no item of an ARRAY -#}
{% macro snowflake__list_head_open(list, count) -%}
    array_append({{ clickintent.list_head(list, count ~ ' - 1') }}, parse_json('null'))
{%- endmacro %}
