{#
    md5 over columns, the same on every warehouse: text casts, an explicit mark for null and a separator that no
    value can hold, so that ('a', null) and (null, 'a') differ.
#}
{% macro stable_hash(columns) -%}
    md5(
        {%- for column in columns %}
        coalesce(cast({{ column }} as {{ dbt.type_string() }}), chr(30)){% if not loop.last %} || chr(31) ||{% endif %}
        {%- endfor %}
    )
{%- endmacro %}
