{# fakesnow knows no `to_number` with a format. #}
{% macro snowflake__hash_number(text) -%}
    cast('0x' || left(md5({{ text }}), 15) as bigint)
{%- endmacro %}
