{#
    A relation for use inside a view. DuckDB names a file's catalog after the file, and a view that spells the catalog out
    breaks when the file is copied or renamed; so views leave it out there.
#}
{% macro movable(relation) -%}
    {{ return(adapter.dispatch('movable', 'clickintent')(relation)) }}
{%- endmacro %}

{% macro default__movable(relation) -%}
    {{ return(relation) }}
{%- endmacro %}

{% macro duckdb__movable(relation) -%}
    {{ return(relation.include(database=false)) }}
{%- endmacro %}
