{#
    Incremental strategy `apply_changes`: the model's query returns the rows that are new or differ, and, for each key
    that is gone, a row without `content_hash`. Old versions of all of them are deleted by key, the present ones
    inserted; a row that did not change is not written. The key has the row's time in it, by which a warehouse finds the
    part of the table to look at; a row whose time changes is a key that goes and one that comes.
#}
{% macro get_incremental_apply_changes_sql(arg_dict) -%}
    {%- set target = arg_dict['target_relation'] -%}
    {%- set changes = arg_dict['temp_relation'] -%}
    {%- set columns = arg_dict['dest_columns'] | map(attribute='quoted') | join(', ') -%}
    delete from {{ target }} as held using {{ changes }} as changes
    where {% for column in arg_dict['unique_key'] %}held.{{ column }} = changes.{{ column }}{{ ' and ' if not loop.last }}{% endfor %};

    insert into {{ target }} ({{ columns }})
    select {{ columns }} from {{ changes }} where content_hash is not null
{%- endmacro %}
