{#
    Pre-hook of every Python model: tells it what only Jinja knows, whether this is an --empty run, in which nothing
    is trained, called or removed.
#}
{% macro announce_run() -%}
    {{ return(adapter.dispatch('announce_run', 'clickintent')()) }}
{%- endmacro %}

{% macro default__announce_run() -%}
    set variable clickintent_is_empty = {{ flags.EMPTY | lower }}
{%- endmacro %}

{# Snowflake's Python also has to name packages and imports for the functions that a model makes: those of the model. #}
{% macro snowflake__announce_run() -%}
    set clickintent_is_empty = '{{ flags.EMPTY | lower }}';
    set clickintent_packages = '{{ config.get('packages', []) | join(',') }}';
    set clickintent_imports = '{{ config.get('imports', []) | select | join(',') }}'
{%- endmacro %}

{#
    Pre-hook of a Python model that writes to the table of another one, which it refers to as well: tells it the table's
    name, since a relation that `dbt.ref` gives has rows and no name.
#}
{% macro announce_table(model) -%}
    {{ return(adapter.dispatch('announce_table', 'clickintent')(model)) }}
{%- endmacro %}

{% macro default__announce_table(model) -%}
    set variable clickintent_table_{{ model }} = '{{ ref(model) | replace("'", "''") }}'
{%- endmacro %}

{% macro snowflake__announce_table(model) -%}
    set clickintent_table_{{ model }} = '{{ ref(model) | replace("'", "''") }}'
{%- endmacro %}

{#
    Post-hook of every Python model: dbt-duckdb writes the rows of an incremental Python model to a real table before
    it inserts them, and leaves that table behind. dbt-snowflake drops its own.
#}
{% macro drop_python_temp_tables() -%}
    {{ return(adapter.dispatch('drop_python_temp_tables', 'clickintent')()) }}
{%- endmacro %}

{% macro default__drop_python_temp_tables() -%}
    {%- if execute -%}
        {%- set found = run_query(
            "select table_schema, table_name from information_schema.tables where table_name like '"
            ~ this.identifier ~ "\\_\\_dbt\\_tmp%' escape '\\' and table_type = 'BASE TABLE'"
        ) -%}
        {%- for row in found.rows %}
        drop table if exists "{{ row[0] }}"."{{ row[1] }}";
        {%- endfor -%}
    {%- endif -%}
    select 1
{%- endmacro %}

{% macro snowflake__drop_python_temp_tables() -%}
{%- endmacro %}
