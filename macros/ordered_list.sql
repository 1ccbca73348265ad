{# A list of values in order, nulls kept, at most the last `keep` of them. #}
{% macro ordered_list(value, order_by, keep) -%}
    {{ return(adapter.dispatch('ordered_list', 'clickintent')(value, order_by, keep)) }}
{%- endmacro %}

{% macro default__ordered_list(value, order_by, keep) -%}
    list_slice(list({{ value }} order by {{ order_by }}), -{{ keep }}, -1)
{%- endmacro %}
