{#
    Several whole numbers of zero or more as one number, in the order of the first, then the second, and so on: the digits
    of a number whose places have bases of their own. A null is a number too, below zero. `limits` gives each number's name
    and how high it can go; the first may go higher, and what no longer fits is an error of the warehouse. For DuckDB alone,
    where lists of sessions are sorted in memory.
#}
{% macro packed_numbers(limits) -%}
    {%- set packed = namespace(sql=none, states=1) -%}
    {%- for limit in limits.values() -%}
        {%- set packed.states = packed.states * (limit + 2) -%}
    {%- endfor -%}
    {%- for name, limit in limits.items() -%}
        {%- set number = 'coalesce(' ~ name ~ ' + 1, 0)' -%}
        {%- if loop.first -%}
            {%- set packed.sql = 'cast(' ~ number ~ ' as ' ~ ('bigint' if packed.states < 2 ** 63 else 'hugeint') ~ ')' -%}
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
    {%- set digit = packed if place.below == 1 else '(' ~ packed ~ ' // ' ~ place.below ~ ')' -%}
    {%- if wanted != (limits | first) -%}
        {%- set digit = digit ~ ' % ' ~ (limits[wanted] + 2) -%}
    {%- endif -%}
    {{ return('(nullif(' ~ digit ~ ', 0) - 1)') }}
{%- endmacro %}
