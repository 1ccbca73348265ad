{#
    Several whole numbers of zero or more as one number, in the order of the first, then the second, and so on: the digits
    of a number whose places have bases of their own. A null is a number too, below zero. `limits` gives each number's name
    and how high it can go; the first may go higher, and what no longer fits is an error of the warehouse.
#}
{% macro packed_numbers(limits) -%}
    {%- set packed = namespace(sql=none, states=1) -%}
    {%- for limit in limits.values() -%}
        {%- set packed.states = packed.states * (limit + 2) -%}
    {%- endfor -%}
    {%- for name, limit in limits.items() -%}
        {%- set number = 'coalesce(' ~ name ~ ' + 1, 0)' -%}
        {%- if loop.first -%}
            {%- set packed.sql = 'cast(' ~ number ~ ' as ' ~ ('bigint' if packed.states < 2 ** 63 else clickintent.type_huge_integer()) ~ ')' -%}
        {%- else -%}
            {%- set packed.sql = '(' ~ packed.sql ~ ' * ' ~ (limit + 2) ~ ' + ' ~ number ~ ')' -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(packed.sql) }}
{%- endmacro %}

{# One of the numbers out of such a number. #}
{% macro unpacked_number(packed, limits, wanted) -%}
    {%- set place = namespace(below=1, is_passed=false) -%}
    {%- for name, limit in limits.items() -%}
        {%- if place.is_passed -%}
            {%- set place.below = place.below * (limit + 2) -%}
        {%- endif -%}
        {%- if name == wanted -%}
            {%- set place.is_passed = true -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set digit = clickintent.whole_quotient(packed, place.below) -%}
    {%- if wanted != (limits | first) -%}
        {%- set digit = digit ~ ' % ' ~ (limits[wanted] + 2) -%}
    {%- endif -%}
    {{ return('(nullif(' ~ digit ~ ', 0) - 1)') }}
{%- endmacro %}

{# Quotient of two whole numbers of zero or more, without its fraction. #}
{% macro whole_quotient(number, divisor) -%}
    {{ return(adapter.dispatch('whole_quotient', 'clickintent')(number, divisor)) }}
{%- endmacro %}

{% macro default__whole_quotient(number, divisor) -%}
    {{ return(number if divisor == 1 else '(' ~ number ~ ' // ' ~ divisor ~ ')') }}
{%- endmacro %}

{# The type of whole numbers of 38 digits. #}
{% macro type_huge_integer() -%}
    {{ return(adapter.dispatch('type_huge_integer', 'clickintent')()) }}
{%- endmacro %}

{% macro default__type_huge_integer() -%}
    {{ return('hugeint') }}
{%- endmacro %}
