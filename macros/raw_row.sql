{# A whole source row as JSON text: what quarantine keeps. #}
{% macro raw_row(table_alias) -%}
    {{ return(adapter.dispatch('raw_row', 'clickintent')(table_alias)) }}
{%- endmacro %}

{% macro default__raw_row(table_alias) -%}
    cast(to_json({{ table_alias }}) as varchar)
{%- endmacro %}

{#- names are in capitals there, in the order of the alphabet; the row is all that the query reads -#}
{% macro snowflake__raw_row(table_alias) -%}
    to_json(object_construct_keep_null(*))
{%- endmacro %}

{#
    The same of a row of a file: without the file's path, and without what is null, so that it does not depend on the
    columns of other files that are read beside it.
#}
{% macro raw_row_of_file(table_alias) -%}
    {{ return(adapter.dispatch('raw_row_of_file', 'clickintent')(table_alias)) }}
{%- endmacro %}

{% macro default__raw_row_of_file(table_alias) -%}
    cast(json_merge_patch('{}', to_json({{ table_alias }}), '{"clickintent_file": null}') as varchar)
{%- endmacro %}
