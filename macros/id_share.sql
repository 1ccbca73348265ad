{#
    Where an id that is an md5 in hex falls between 0 and 1: its first eight digits as a share of all that they can be, the
    same on every warehouse. Of many ids the share s falls below s.
#}
{% macro id_share(id) -%}
    {{ return(adapter.dispatch('id_share', 'clickintent')(id)) }}
{%- endmacro %}

{% macro default__id_share(id) -%}
    cast('0x' || left({{ id }}, 8) as bigint) / cast({{ 16 ** 8 }} as double)
{%- endmacro %}

{% macro snowflake__id_share(id) -%}
    cast(to_number(left({{ id }}, 8), 'XXXXXXXX') as double) / {{ 16 ** 8 }}
{%- endmacro %}
