{# fakesnow knows no `to_number` with a format. #}
{% macro snowflake__id_share(id) -%}
    cast(cast('0x' || left({{ id }}, 8) as bigint) as double) / {{ 16 ** 8 }}
{%- endmacro %}
