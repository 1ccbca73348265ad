{#
    Select list over a tracker's relation: each named column as text, and null where the relation does not have it, since
    trackers and their loaders add columns as they first need them. Columns of `documents` hold JSON as text, or an array,
    struct or variant, and become JSON text. A column of `required` that is not there stops the build. Columns of
    `withheld` are null in any case: in this relation the name means something else.
#}
{% macro relation_texts(relation, columns, documents=[], required=[], withheld=[]) -%}
    {%- set types = clickintent.columns_found(relation) -%}
    {%- set found = types.keys() | list -%}
    {%- for name in required if execute and name not in found -%}
        {{ exceptions.raise_compiler_error(
            relation ~ " has no column '" ~ name ~ "', which its tracker always sends. The columns there are: " ~ found | join(', ') ~ "."
        ) }}
    {%- endfor -%}
    {%- for name in required + columns + documents %}
    {%- if name not in found or name in withheld %}
    cast(null as {{ dbt.type_string() }}) as {{ name }},
    {%- elif name in documents %}
    {{ clickintent.json_text('source.' ~ name) }} as {{ name }},
    {%- else %}
    {{ clickintent.text_of('source.' ~ name, types[name]) }} as {{ name }},
    {%- endif %}
    {%- endfor %}
{%- endmacro %}

{# Name in lower case -> type of the columns of a relation that is there, else a sentence that says where it was looked for. #}
{% macro columns_found(relation) -%}
    {%- if not execute -%}
        {{ return({}) }}
    {%- endif -%}
    {%- set there = load_relation(relation) -%}
    {%- if there is none -%}
        {{ exceptions.raise_compiler_error(
            "There is no table or view " ~ relation ~ ". Say in the var source_settings where this source's rows are, or null for a table that you do not have."
        ) }}
    {%- endif -%}
    {%- set types = {} -%}
    {%- for column in adapter.get_columns_in_relation(there) -%}
        {%- do types.update({column.name | lower: column.dtype}) -%}
    {%- endfor -%}
    {{ return(types) }}
{%- endmacro %}
