{#
    The relation that the generic source reads: `events_relation`, or those files of `events_path` that this build reads.
    None where there is no such file. Delimited files and JSON are read as text, so that a value of the wrong type is
    quarantined with its row, and a file reads the same whatever others are read beside it.
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
        {{ return(relation) }}
    {%- elif path -%}
        {%- set files = clickintent.files_to_read() -%}
        {{ return(clickintent.read_event_files(files) if files else none) }}
    {%- else -%}
        {{ exceptions.raise_compiler_error(
            "event_source is 'generic' but nothing says where the events are: set events_path (a glob of .parquet, .csv, .csv.gz or .json files) or events_relation."
        ) }}
    {%- endif -%}
{%- endmacro %}

{# Paths of the files that this build reads, as `batches_to_read` listed them, once for all models. #}
{% macro files_to_read() -%}
    {%- set table = clickintent.table_of(ref('batches_to_read')) -%}
    {%- if table is none -%}
        {{ return(clickintent.all_event_files()) }}
    {%- endif -%}
    {{ return(run_query("select load_batch from " ~ table ~ " where file_size is not null order by 1").columns[0].values() | list) }}
{%- endmacro %}

{# Paths of all files of `events_path`. #}
{% macro all_event_files() -%}
    {{ return(run_query("select load_batch from (" ~ clickintent.list_event_files() ~ ") as files order by 1").columns[0].values() | list) }}
{%- endmacro %}

{# Select of the files of `events_path` with their size and time; no rows where the generic source reads no files. #}
{% macro list_event_files() -%}
    {%- if 'generic' in clickintent.event_sources() and var('events_path') -%}
    {{ adapter.dispatch('list_event_files', 'clickintent')("'" ~ var('events_path') | replace("'", "''") ~ "'") }}
    {%- else -%}
    select
        {{ clickintent.no_text() }} as source,
        {{ clickintent.no_text() }} as load_batch,
        cast(null as bigint) as file_size,
        cast(null as timestamp) as file_modified_at
    where 1 = 0
    {%- endif -%}
{%- endmacro %}

{% macro default__list_event_files(quoted_path) -%}
    {#- DuckDB reads no content that is not asked for -#}
    select
        'generic' as source,
        filename as load_batch,
        size as file_size,
        cast(last_modified at time zone 'UTC' as timestamp) as file_modified_at
    from read_blob({{ quoted_path }})
{%- endmacro %}

{% macro snowflake__list_event_files(quoted_path) -%}
    {{ clickintent.refuse_event_files() }}
{%- endmacro %}

{# Stops the build of a warehouse that reads no files: what to do instead. #}
{% macro refuse_event_files() -%}
    {{ exceptions.raise_compiler_error(
        "events_path '" ~ var('events_path') ~ "' names files, which " ~ target.type ~ " does not read here. Load them into a table"
        ~ " (COPY INTO, or Snowpipe) with the time of their load in a column, and name the table in events_relation."
    ) }}
{%- endmacro %}

{# A table function over files, by the ending of `events_path`; `clickintent_file` says which file a row came from. #}
{% macro read_event_files(files) -%}
    {{ return(adapter.dispatch('read_event_files', 'clickintent')(files)) }}
{%- endmacro %}

{% macro default__read_event_files(files) -%}
    {%- set path = var('events_path') -%}
    {%- set quoted = [] -%}
    {%- for file in files -%}
        {%- do quoted.append("'" ~ file | replace("'", "''") ~ "'") -%}
    {%- endfor -%}
    {%- set list = "[" ~ quoted | join(", ") ~ "], union_by_name = true, filename = 'clickintent_file'" -%}
    {%- set kind = path | lower | replace('.gz', '') | replace('.zst', '') -%}
    {%- if kind.endswith('.parquet') -%}
        read_parquet({{ list }})
    {%- elif kind.endswith('.json') or kind.endswith('.jsonl') or kind.endswith('.ndjson') -%}
        read_json({{ list }}, maximum_depth = 1)
    {%- elif kind.endswith('.csv') or kind.endswith('.tsv') or kind.endswith('.txt') -%}
        read_csv({{ list }}, all_varchar = true, header = true, null_padding = true)
    {%- else -%}
        {{ exceptions.raise_compiler_error(
            "events_path '" ~ path ~ "' ends in none of .parquet, .csv, .tsv, .txt, .json, .jsonl, .ndjson (with .gz or not)."
        ) }}
    {%- endif -%}
{%- endmacro %}

{% macro snowflake__read_event_files(files) -%}
    {{ clickintent.refuse_event_files() }}
{%- endmacro %}

{#
    Contract column -> its text, as SQL over the relation, checked: an unknown contract name, a column that is not there or
    a required one that is missing stops the build with a sentence that names what is there. A column that only the files
    of earlier builds have is null.
#}
{% macro generic_columns(relation, found) -%}
    {%- set wanted = var('event_columns') -%}
    {%- set defaults = var('event_defaults') -%}
    {%- set contract = clickintent.event_contract_columns() -%}
    {%- for name in (wanted.keys() | list) + (defaults.keys() | list) if name not in contract -%}
        {{ exceptions.raise_compiler_error(
            "event_columns or event_defaults names '" ~ name ~ "', which is not a column of the event contract. The contract has: " ~ contract | join(', ') ~ "."
        ) }}
    {%- endfor -%}
    {%- if not execute or relation is none -%}
        {{ return({}) }}
    {%- endif -%}
    {%- set columns = {} -%}
    {%- for name in contract -%}
        {%- set column = clickintent.matching_name(wanted.get(name, name), found.keys()) -%}
        {%- if column is not none -%}
            {#- a value of a JSON file: its text, a string without its quotes -#}
            {%- set is_json_value = var('events_path') and found[column] == 'JSON' -%}
            {%- set value = adapter.quote(column) ~ (" ->> '$'" if is_json_value else "") -%}
            {%- do columns.update({name: clickintent.text_of(value, none if is_json_value else found[column])}) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do clickintent.require_generic_columns(relation, columns, found) -%}
    {{ return(columns) }}
{%- endmacro %}

{#
    Of the columns of a relation, that which says when a row was loaded, as a list of [name, type]; empty of files, which are read
    whole, and where there is none.
#}
{% macro generic_load_times(found) -%}
    {%- if var('events_path') -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set column = clickintent.matching_name(var('event_columns').get('loaded_at', 'loaded_at'), found.keys()) -%}
    {{ return([] if column is none else [[adapter.quote(column), found[column]]]) }}
{%- endmacro %}

{# The very name if it is there, else the name in another case, else none. #}
{% macro matching_name(name, names) -%}
    {%- for candidate in names if candidate == name -%}
        {{ return(candidate) }}
    {%- endfor -%}
    {%- for candidate in names if candidate | lower == name | lower -%}
        {{ return(candidate) }}
    {%- endfor -%}
    {{ return(none) }}
{%- endmacro %}

{# The checks of `generic_columns`. Only where something is missing are the other files looked into. #}
{% macro require_generic_columns(relation, columns, found) -%}
    {%- set wanted = var('event_columns') -%}
    {%- set defaults = var('event_defaults') -%}
    {%- set needs = [['visitor_id'], ['event_at'], ['event_type', 'page_url']] -%}
    {%- set here = (columns.keys() | list) + (defaults.keys() | list) -%}
    {%- set ns = namespace(missing=wanted.keys() | reject('in', columns) | list, everywhere=found.keys() | list) -%}
    {%- for need in needs if not need | select('in', here) | list -%}
        {%- set ns.missing = ns.missing + need -%}
    {%- endfor -%}
    {%- if not ns.missing -%}
        {{ return(none) }}
    {%- endif -%}
    {%- if var('events_path') -%}
        {%- set relation = clickintent.read_event_files(clickintent.all_event_files()) -%}
        {%- set ns.everywhere = clickintent.relation_columns(relation).keys() | list -%}
    {%- endif -%}
    {%- set place = "the files of events_path '" ~ var('events_path') ~ "'" if var('events_path') else relation -%}
    {%- for name in wanted if clickintent.matching_name(wanted[name], ns.everywhere) is none -%}
        {{ exceptions.raise_compiler_error(
            "event_columns maps " ~ name ~ " to '" ~ wanted[name] ~ "', which is not in " ~ place ~ ". The columns there are: " ~ ns.everywhere | join(', ') ~ "."
        ) }}
    {%- endfor -%}
    {%- for need in needs if not need | select('in', here) | list -%}
        {%- set ns.there = false -%}
        {%- for name in need if clickintent.matching_name(wanted.get(name, name), ns.everywhere) is not none -%}
            {%- set ns.there = true -%}
        {%- endfor -%}
        {%- if not ns.there -%}
            {{ exceptions.raise_compiler_error(
                "The generic source needs " ~ need | join(' or ') ~ ", and neither event_columns nor " ~ place ~ " has it. Map it in event_columns; the columns there are: " ~ ns.everywhere | join(', ') ~ "."
            ) }}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}

{# Column -> type of a relation or table function. #}
{% macro relation_columns(relation) -%}
    {{ return(adapter.dispatch('relation_columns', 'clickintent')(relation)) }}
{%- endmacro %}

{% macro default__relation_columns(relation) -%}
    {%- set columns = {} -%}
    {%- for row in run_query("describe select * from " ~ relation).rows if row[0] != 'clickintent_file' -%}
        {%- do columns.update({row[0]: row[1]}) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}

{% macro snowflake__relation_columns(relation) -%}
    {%- set columns = {} -%}
    {%- for column in get_column_schema_from_query("select * from " ~ relation) -%}
        {%- do columns.update({column.name: column.data_type}) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}

{#
    Stops the build where `events_path` matches no file, since that is a slip; but only says so where files were read
    before, which may have been cleared away.
#}
{% macro require_event_files(was_read_before) -%}
    {%- if execute and 'generic' in clickintent.event_sources() and var('events_path') and not clickintent.all_event_files() -%}
        {%- set message = "events_path '" ~ var('events_path') ~ "' matches no file: give a path or glob, absolute or relative to the folder dbt runs in." -%}
        {%- if was_read_before -%}
            {%- do exceptions.warn(message ~ " What was read before stays.") -%}
        {%- else -%}
            {{ exceptions.raise_compiler_error(message) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
