{#
    The table of a model that a project around this package may have switched off: a `ref` to it would stop every command
    of dbt there. For analyses, which nothing is built by.
#}
{% macro optional_relation(model_name) -%}
    {%- if not execute -%}
        {{ return(model_name) }}
    {%- endif -%}
    {%- set node = graph.nodes.get('model.clickintent.' ~ model_name) -%}
    {%- if node is none -%}
        {{ exceptions.raise_compiler_error(
            "The model " ~ model_name ~ " is switched off in this project: leave " ~ model.name ~ " out, or switch it on."
        ) }}
    {%- endif -%}
    {{ return(api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias)) }}
{%- endmacro %}
