{#
    A model's table as an earlier build left it, or none: looked up by name, since a ref would make a circle. None, too,
    where `column` is missing, and in a full refresh, which starts from nothing.
#}
{% macro stored_table(model_name, column='load_batch') -%}
    {%- set ns = namespace(found=none) -%}
    {%- if execute and not flags.FULL_REFRESH -%}
        {%- set node = graph.nodes['model.clickintent.' ~ model_name] -%}
        {%- set ns.found = adapter.get_relation(node.database, node.schema, node.alias) -%}
        {%- if ns.found is not none and not clickintent.has_column(ns.found, column) -%}
            {%- set ns.found = none -%}
        {%- endif -%}
    {%- endif -%}
    {{ return(ns.found) }}
{%- endmacro %}

{# Whether a table or view is there and has a column, named in lower case. #}
{% macro has_column(relation, column) -%}
    {%- set there = load_relation(relation) -%}
    {{ return(there is not none and column in adapter.get_columns_in_relation(there) | map(attribute='name') | map('lower') | list) }}
{%- endmacro %}

{# The table behind a ref, or none: looked up, since under --empty a ref has no rows. #}
{% macro table_of(ref) -%}
    {{ return(adapter.get_relation(ref.database, ref.schema, ref.identifier)) }}
{%- endmacro %}

{# The models, of whatever project, that read `source_events`. #}
{% macro source_readers() -%}
    {%- set readers = [] -%}
    {%- for node in graph.get('nodes', {}).values() if node.resource_type == 'model' and 'model.clickintent.source_events' in node.depends_on.get('nodes', []) -%}
        {%- do readers.append(node) -%}
    {%- endfor -%}
    {{ return(readers) }}
{%- endmacro %}

{# Select of the rows that stand in the two tables of events, each with its load batch, as an earlier build left them. #}
{% macro stored_batches() -%}
    {%- set tables = [clickintent.stored_table('stg_events'), clickintent.stored_table('quarantined_events')] | reject('none') | list -%}
    {%- for table in tables %}
    select source, load_batch from {{ table }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- else %}
    select {{ clickintent.no_text() }} as source, {{ clickintent.no_text() }} as load_batch where 1 = 0
    {%- endfor %}
{%- endmacro %}

{# A null text. #}
{% macro no_text() -%}
    cast(null as {{ dbt.type_string() }})
{%- endmacro %}

{#
    Pre-hook of stg_events, inside its transaction. In a full refresh the audit and the quarantine go with the table that
    they account for: after a kill the next build finds no file read and no row judged by an old rule. And a full refresh
    that would read files by an old list, and so lose events, stops here.
#}
{% macro forget_load_batches() -%}
    {%- if flags.FULL_REFRESH and execute -%}
        {%- if 'model.clickintent.batches_to_read' not in selected_resources -%}
            {{ exceptions.raise_compiler_error(
                "A full refresh of stg_events alone would read the files that the last build read, and drop the events of all others: select what comes before it as well, as in --select +stg_events."
            ) }}
        {%- endif -%}
        {%- for model_name in ('ingestion_audit', 'quarantined_events') -%}
            {%- set node = graph.nodes['model.clickintent.' ~ model_name] -%}
            {%- set table = adapter.get_relation(node.database, node.schema, node.alias) -%}
            {%- if table is not none and table.is_table %}
            delete from {{ table }};
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{#
    Whether this run builds everything that reads `source_events`. Only then may a file count as read: what a part of the
    readers took from it would be lost to the others.
#}
{% macro is_read_by_all() -%}
    {%- set ns = namespace(all=true) -%}
    {%- if execute -%}
        {%- for node in clickintent.source_readers() if node.unique_id not in selected_resources -%}
            {%- set ns.all = false -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(ns.all) }}
{%- endmacro %}
