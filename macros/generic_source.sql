{#
    The relation that the generic source reads: `events_relation`, or the files of `events_path`. Delimited files are
    read as text, so that a value of the wrong type is quarantined with its row.
#}
{% macro generic_relation() -%}
    {%- set path = var('events_path') -%}
    {%- set relation = var('events_relation') -%}
    {%- if not execute -%}
        {# parsed also where another source is switched on #}
    {%- elif path and relation -%}
        {{ exceptions.raise_compiler_error(
            "Set events_path or events_relation, not both: events_path is '" ~ path ~ "' and events_relation is '" ~ relation ~ "'."
        ) }}
    {%- elif relation -%}
        {{ relation }}
    {%- elif path -%}
        {{ adapter.dispatch('read_event_files', 'clickintent')(path) }}
    {%- else -%}
        {{ exceptions.raise_compiler_error(
            "event_source is 'generic' but nothing says where the events are: set events_path (a glob of .parquet, .csv, .csv.gz or .json files) or events_relation."
        ) }}
    {%- endif -%}
{%- endmacro %}

{% macro default__read_event_files(path) -%}
    {%- set quoted = "'" ~ path | replace("'", "''") ~ "'" -%}
    {%- if run_query("select count(*) from glob(" ~ quoted ~ ")").rows[0][0] == 0 -%}
        {{ exceptions.raise_compiler_error(
            "events_path " ~ quoted ~ " matches no file: give a path or glob, absolute or relative to the folder dbt runs in."
        ) }}
    {%- endif -%}
    {%- set kind = path | lower | replace('.gz', '') | replace('.zst', '') -%}
    {%- if kind.endswith('.parquet') -%}
        read_parquet({{ quoted }}, union_by_name = true)
    {%- elif kind.endswith('.json') or kind.endswith('.jsonl') or kind.endswith('.ndjson') -%}
        read_json({{ quoted }}, union_by_name = true)
    {%- elif kind.endswith('.csv') or kind.endswith('.tsv') or kind.endswith('.txt') -%}
        read_csv({{ quoted }}, union_by_name = true, all_varchar = true, header = true, null_padding = true)
    {%- else -%}
        {{ exceptions.raise_compiler_error(
            "events_path " ~ quoted ~ " ends in none of .parquet, .csv, .tsv, .txt, .json, .jsonl, .ndjson (with .gz or not)."
        ) }}
    {%- endif -%}
{%- endmacro %}

{#
    Contract column -> quoted column of the relation, checked: an unknown contract name, a column that is not there or
    a required one that is missing stops the build with a sentence that names what is there.
#}
{% macro generic_columns(relation) -%}
    {%- set wanted = var('event_columns') -%}
    {%- set defaults = var('event_defaults') -%}
    {%- set contract = clickintent.event_contract_columns() -%}
    {%- for name in (wanted.keys() | list) + (defaults.keys() | list) if name not in contract -%}
        {{ exceptions.raise_compiler_error(
            "event_columns or event_defaults names '" ~ name ~ "', which is not a column of the event contract. The contract has: " ~ contract | join(', ') ~ "."
        ) }}
    {%- endfor -%}
    {%- if not execute -%}
        {{ return({}) }}
    {%- endif -%}
    {%- set found = adapter.dispatch('relation_columns', 'clickintent')(relation) -%}
    {%- set columns = {} -%}
    {%- for name in contract -%}
        {%- set column = wanted.get(name, name) -%}
        {#- the very name first, then the name in another case -#}
        {%- set exact = found | select('equalto', column) | list -%}
        {%- set ns = namespace(column=exact[0] if exact else none) -%}
        {%- for candidate in found if ns.column is none and candidate | lower == column | lower -%}
            {%- set ns.column = candidate -%}
        {%- endfor -%}
        {%- if ns.column is not none -%}
            {%- do columns.update({name: adapter.quote(ns.column)}) -%}
        {%- elif name in wanted -%}
            {{ exceptions.raise_compiler_error(
                "event_columns maps " ~ name ~ " to '" ~ column ~ "', which is not in " ~ relation ~ ". The columns there are: " ~ found | join(', ') ~ "."
            ) }}
        {%- endif -%}
    {%- endfor -%}
    {%- for need in [['visitor_id'], ['event_at'], ['event_type', 'page_url']] -%}
        {%- if not need | select('in', (columns.keys() | list) + (defaults.keys() | list)) | list -%}
            {{ exceptions.raise_compiler_error(
                "The generic source needs " ~ need | join(' or ') ~ ", and neither event_columns nor " ~ relation ~ " has it. Map it in event_columns; the columns there are: " ~ found | join(', ') ~ "."
            ) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}

{% macro default__relation_columns(relation) -%}
    {{ return(run_query("describe select * from " ~ relation).columns[0].values() | list) }}
{%- endmacro %}
