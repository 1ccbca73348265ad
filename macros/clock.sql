{# The moment a build judges by, UTC, as text: the var `as_of`, else the start of this run. #}
{% macro clock() -%}
    {{ return(var('as_of') or run_started_at.strftime('%Y-%m-%d %H:%M:%S')) }}
{%- endmacro %}
