{# fakesnow knows no `try_hex_decode_string`; bytes that are no UTF-8 are an error of the function without `try`. #}
{% macro snowflake__text_of_hex(digits) -%}
    try(hex_decode_string({{ digits }}))
{%- endmacro %}
