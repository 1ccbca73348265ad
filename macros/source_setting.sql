{# What the var `source_settings` says of a source under a name, else the default. Null is an answer, too. #}
{% macro source_setting(source, name, default=none) -%}
    {{ return((var('source_settings').get(source) or {}).get(name, default)) }}
{%- endmacro %}

{#
    A table of a tracker, for use inside a view: like `movable`, but a table in another database keeps its database, or the
    view would look for it in this one.
#}
{% macro source_table(source_name, table) -%}
    {%- set relation = source(source_name, table) -%}
    {{ return(clickintent.movable(relation) if relation.database == target.database else relation) }}
{%- endmacro %}
