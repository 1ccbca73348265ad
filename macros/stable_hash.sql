{#
    md5 over columns, the same on every warehouse: text casts, an explicit mark for null and a separator that no
    value can hold, so that ('a', null) and (null, 'a') differ.
#}
{% macro stable_hash(columns) -%}
    md5({{ clickintent.joined_text(columns) }})
{%- endmacro %}

{# What is hashed: the columns as one text. #}
{% macro joined_text(columns) -%}
        {%- for column in columns %}
        coalesce(cast({{ column }} as {{ dbt.type_string() }}), chr(30)){% if not loop.last %} || chr(31) ||{% endif %}
        {%- endfor %}
{%- endmacro %}
