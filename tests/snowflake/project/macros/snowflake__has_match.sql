{# fakesnow knows no parameters of `regexp_instr`: 'i' becomes '(?i)', which the regular expressions of DuckDB know. #}
{% macro snowflake__has_match(text, pattern) -%}
    {%- set form = clickintent.snowflake_pattern(pattern) -%}
    (regexp_instr({{ text }}, '{{ '(?i)' if form.parameters }}{{ form.pattern }}') > 0)
{%- endmacro %}
