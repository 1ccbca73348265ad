{#
    The table of a model that a project around this package may have switched off: a `ref` to it would stop every command
    of dbt there. For analyses, which nothing is built by.
#}
{% macro optional_relation(model_name) -%}
    {%- if not execute -%}
        {{ return(model_name) }}
    {%- endif -%}
    {#- by name, since the key of a model with versions ends in one -#}
    {%- set found = graph.nodes.values() | selectattr('resource_type', 'equalto', 'model')
        | selectattr('package_name', 'equalto', 'clickintent') | selectattr('name', 'equalto', model_name) | list -%}
    {%- if not found -%}
        {{ exceptions.raise_compiler_error(
            "The model " ~ model_name ~ " is switched off in this project: leave " ~ model.name ~ " out, or switch it on."
        ) }}
    {%- endif -%}
    {%- set node = found | sort(attribute='version') | last -%}
    {{ return(api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias)) }}
{%- endmacro %}
