{#
    Incremental strategy `apply_changes`: the model's query returns the rows that are new or differ, and, for each key
    that is gone, a row without `content_hash`. Old versions of all of them are deleted by key, the present ones
    inserted; a row that did not change is not written. The second column of the key is the row's time, by which a
    warehouse finds the part of the table to look at; a row whose time changes is a key that goes and one that comes.
#}
{% macro get_incremental_apply_changes_sql(arg_dict) -%}
    {{ return(adapter.dispatch('apply_changes', 'clickintent')(
        arg_dict['target_relation'],
        arg_dict['temp_relation'],
        arg_dict['unique_key'],
        arg_dict['dest_columns'] | map(attribute='quoted') | join(', ')
    )) }}
{%- endmacro %}

{% macro default__apply_changes(target, changes, key, columns, bounds='') -%}
    delete from {{ target }} as held using {{ changes }} as changes
    where {% for column in key %}held.{{ column }} = changes.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
    {{- bounds }};

    insert into {{ target }} ({{ columns }})
    select {{ columns }} from {{ changes }} where content_hash is not null
{%- endmacro %}

{#-
    Both in one transaction, which DuckDB's materialization opens by itself. The days of the changes stand in the statement,
    since micro-partitions are left out by what is known before it runs.
-#}
{% macro snowflake__apply_changes(target, changes, key, columns) -%}
    {%- set bounds = '' -%}
    {%- if key | length > 1 -%}
        {%- set found = run_query(
            "select cast(min(" ~ key[1] ~ ") as date) as first_day, cast(max(" ~ key[1] ~ ") as date) as last_day from " ~ changes
        ).rows[0] -%}
        {%- if found[0] is none -%}
            {%- set bounds = ' and 1 = 0' -%}
        {%- else -%}
            {%- set bounds = " and held." ~ key[1] ~ " >= timestamp '" ~ found[0] ~ "' and held." ~ key[1] ~ " < timestamp '"
                ~ (found[1] + modules.datetime.timedelta(days=1)) ~ "'" -%}
        {%- endif -%}
    {%- endif -%}
    {{ return(snowflake_dml_explicit_transaction(clickintent.default__apply_changes(target, changes, key, columns, bounds))) }}
{%- endmacro %}
