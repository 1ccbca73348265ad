{#
    The INDEX of fakesnow's FLATTEN numbers the items of a list in any order once more than one row is flattened; and its GET
    keeps the quotes of a text. So each list is joined to the places that it may have, and the quotes are taken off.
#}
{% macro snowflake__list_rows(relation, keys, lists, place) -%}
    select
        {%- for key in keys %}
        listed.{{ key }},
        {%- endfor %}
        {%- for name, (list, type) in lists.items() %}
        {%- set item = 'cast(get(listed.' ~ list ~ ', places.place) as ' ~ type ~ ')' %}
        {{ 'trim(' ~ item ~ ", '\"')" if type | lower in ('varchar', 'text') else item }} as {{ name }},
        {%- endfor %}
        places.place + 1 as {{ place }}
    from {{ relation }} as listed
    inner join (select column1 as place from (values {% for n in range(64) %}({{ n }}){{ ', ' if not loop.last }}{% endfor %})) as places
        on places.place < array_size(listed.{{ (lists.values() | first)[0] }})
{%- endmacro %}
