{#
    At the end of a dbt run: publishes what the dashboard reads, with the tests that failed. On DuckDB this is a copy of
    its own, which the profile's plugin writes; elsewhere the dashboard reads the tables themselves.
#}
{% macro publish_dashboard(results) -%}
    {{ return(adapter.dispatch('publish_dashboard', 'clickintent')(results)) }}
{%- endmacro %}

{% macro default__publish_dashboard(results) -%}
{%- endmacro %}

{% macro duckdb__publish_dashboard(results) -%}
    {%- if not execute or flags.EMPTY or flags.WHICH not in ['build', 'run', 'test'] or not results -%}
        {{ return('') }}
    {%- endif -%}
    {#- a profile without the plugin publishes nothing: `clickintent publish` does -#}
    {%- set known = run_query("select 1 from duckdb_functions() where function_name = 'clickintent_publish'") -%}
    {%- if not known.rows -%}
        {{ return('') }}
    {%- endif -%}
    {%- set told = [] -%}
    {%- set tests = results | selectattr('node.resource_type', 'in', ['test', 'unit_test']) | list -%}
    {%- for result in results if result.status | string not in ['success', 'pass', 'no-op'] -%}
        {%- do told.append({
            'node': result.node.name,
            'kind': 'test' if result in tests else result.node.resource_type | string,
            'status': result.status | string,
            'failures': result.failures,
            'message': result.message
        }) -%}
    {%- endfor -%}
    {%- set run = tojson({'command': flags.WHICH, 'tests': tests | length, 'results': told}) -%}
    {%- set said = run_query("select clickintent_publish('" ~ run | replace("'", "''") ~ "')") -%}
    {%- do log(said.rows[0][0], info=true) -%}
    {{ return('') }}
{%- endmacro %}
