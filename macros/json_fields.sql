{# JSON text of a column that holds JSON as text, or an array, struct or variant; null where it cannot be read. #}
{% macro json_text(column) -%}
    {{ return(adapter.dispatch('json_text', 'clickintent')(column)) }}
{%- endmacro %}

{% macro default__json_text(column) -%}
    cast(try_cast({{ column }} as json) as varchar)
{%- endmacro %}

{#- text of an array or object there is its JSON -#}
{% macro snowflake__json_text(column) -%}
    case when try_parse_json(to_varchar({{ column }})) is not null then to_varchar({{ column }}) end
{%- endmacro %}

{# Text at a path ('device.category', '[0].userId') of a JSON text; null where there is none. #}
{% macro json_field(json, path) -%}
    {{ return(adapter.dispatch('json_field', 'clickintent')(json, path)) }}
{%- endmacro %}

{% macro default__json_field(json, path) -%}
    json_extract_string({{ json }}, '${% if not path.startswith('[') %}.{% endif %}{{ path }}')
{%- endmacro %}

{#- a null of JSON becomes one of SQL when it is cast -#}
{% macro snowflake__json_field(json, path) -%}
    cast(get_path(try_parse_json({{ json }}), '{{ path }}') as {{ dbt.type_string() }})
{%- endmacro %}

{# The type of JSON texts in a table. #}
{% macro type_json() -%}
    {{ return(adapter.dispatch('type_json', 'clickintent')()) }}
{%- endmacro %}

{% macro default__type_json() -%}
    {{ return('json') }}
{%- endmacro %}

{% macro snowflake__type_json() -%}
    {{ return('varchar') }}
{%- endmacro %}

{# JSON text of an object, from names and text expressions. #}
{% macro json_object_text(fields) -%}
    {{ return(adapter.dispatch('json_object_text', 'clickintent')(fields)) }}
{%- endmacro %}

{% macro default__json_object_text(fields) -%}
    cast(json_object({% for name, expression in fields.items() %}'{{ name }}', {{ expression }}{% if not loop.last %}, {% endif %}{% endfor %}) as varchar)
{%- endmacro %}

{#- `object_construct` would leave out nulls and sort the names -#}
{% macro snowflake__json_object_text(fields) -%}
    '{' || {% for name, expression in fields.items() %}'"{{ name }}":' || coalesce(to_json(to_variant({{ expression }})), 'null'){% if not loop.last %} || ',' || {% endif %}{% endfor %} || '}'
{%- endmacro %}

{# From-item of the elements of a JSON list in a column of an item to its left: one row each, which `json_element` reads. #}
{% macro json_elements(json, alias) -%}
    {{ return(adapter.dispatch('json_elements', 'clickintent')(json, alias)) }}
{%- endmacro %}

{% macro default__json_elements(json, alias) -%}
    unnest(cast(cast({{ json }} as json) as json[])) as {{ alias }} (element)
{%- endmacro %}

{% macro snowflake__json_elements(json, alias) -%}
    lateral flatten(input => parse_json({{ json }})) as {{ alias }}
{%- endmacro %}

{# JSON text of the element of a row of `json_elements`. #}
{% macro json_element(alias) -%}
    {{ return(adapter.dispatch('json_element', 'clickintent')(alias)) }}
{%- endmacro %}

{% macro default__json_element(alias) -%}
    {{ return(alias ~ '.element') }}
{%- endmacro %}

{% macro snowflake__json_element(alias) -%}
    {{ return('to_json(' ~ alias ~ '.value)') }}
{%- endmacro %}

{# Select-list of typed fields of a JSON text, each named as in it: name -> SQL type. #}
{% macro json_columns(json, types) -%}
    {%- for name, type in types.items() %}
        cast({{ clickintent.json_field(json, name) }} as {{ type }}) as {{ name }}{% if not loop.last %},{% endif %}
    {%- endfor %}
{%- endmacro %}
