{# fakesnow knows no parameters of `regexp_replace`: 'i' becomes '(?i)', which the regular expressions of DuckDB know. #}
{% macro snowflake__replace_all(text, pattern, replacement) -%}
    {%- set form = clickintent.snowflake_pattern(pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ '(?i)' if form.parameters }}{{ form.pattern }}', '{{ form.replacement }}')
{%- endmacro %}
