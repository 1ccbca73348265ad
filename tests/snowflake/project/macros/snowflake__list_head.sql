{#
    fakesnow's ARRAY is JSON, which its `array_slice` and `array_append` do not take, and in a subquery its `flatten` loses the
    order: as many items as a sequence can have are picked one by one.
#}
{% macro snowflake__list_head(list, count) -%}
    parse_json('[' || {% for place in range(64) -%}
        case when {{ count }} > {{ place }} then {{ "',' || " if place }}coalesce(to_json(get({{ list }}, {{ place }})), 'null') else '' end || {% endfor %}']')
{%- endmacro %}

{% macro snowflake__list_head_open(list, count) -%}
    parse_json('[' || {% for place in range(64) -%}
        case when {{ count }} > {{ place + 1 }} then coalesce(to_json(get({{ list }}, {{ place }})), 'null') || ',' else '' end || {% endfor %}'null]')
{%- endmacro %}
