{# The first items of a list, as many as `count` says. #}
{% macro list_head(list, count) -%}
    {{ return(adapter.dispatch('list_head', 'clickintent')(list, count)) }}
{%- endmacro %}

{% macro default__list_head(list, count) -%}
    list_slice({{ list }}, 1, {{ count }})
{%- endmacro %}

{# The same with null in place of the last of them. #}
{% macro list_head_open(list, count) -%}
    {{ return(adapter.dispatch('list_head_open', 'clickintent')(list, count)) }}
{%- endmacro %}

{% macro default__list_head_open(list, count) -%}
    list_append(list_slice({{ list }}, 1, {{ count }} - 1), null)
{%- endmacro %}
