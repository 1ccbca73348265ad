{# JSON text of a column that holds JSON as text, or an array, struct or variant; null where it cannot be read. #}
{% macro json_text(column) -%}
    {{ return(adapter.dispatch('json_text', 'clickintent')(column)) }}
{%- endmacro %}

{% macro default__json_text(column) -%}
    cast(try_cast({{ column }} as json) as varchar)
{%- endmacro %}

{# Text at a path ('device.category', '[0].userId') of a JSON text; null where there is none. #}
{% macro json_field(json, path) -%}
    {{ return(adapter.dispatch('json_field', 'clickintent')(json, path)) }}
{%- endmacro %}

{% macro default__json_field(json, path) -%}
    json_extract_string({{ json }}, '${% if not path.startswith('[') %}.{% endif %}{{ path }}')
{%- endmacro %}

{# JSON text of an object, from names and text expressions. #}
{% macro json_object_text(fields) -%}
    {{ return(adapter.dispatch('json_object_text', 'clickintent')(fields)) }}
{%- endmacro %}

{% macro default__json_object_text(fields) -%}
    cast(json_object({% for name, expression in fields.items() %}'{{ name }}', {{ expression }}{% if not loop.last %}, {% endif %}{% endfor %}) as varchar)
{%- endmacro %}

{# From-item of the elements of a JSON list in a column of an item to its left: one row each, JSON text in `element`. #}
{% macro json_elements(json, alias) -%}
    {{ return(adapter.dispatch('json_elements', 'clickintent')(json, alias)) }}
{%- endmacro %}

{% macro default__json_elements(json, alias) -%}
    unnest(cast(cast({{ json }} as json) as json[])) as {{ alias }} (element)
{%- endmacro %}

{# Select-list of typed fields of a JSON text, each named as in it: name -> SQL type. #}
{% macro json_columns(json, types) -%}
    {%- for name, type in types.items() %}
        cast({{ clickintent.json_field(json, name) }} as {{ type }}) as {{ name }}{% if not loop.last %},{% endif %}
    {%- endfor %}
{%- endmacro %}
