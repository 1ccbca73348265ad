{#
    At the start of a run: brings tables that an earlier version built to the layout of this one, in one transaction.

    Before there were load batches, `content_hash` was md5 as text. Events get it anew from their own columns. Of a
    quarantined row only the raw text is stored: it gets a hash above all others, so that the same row, read again, takes
    its place. The batch of both is unknown: without it a row does not hold the look-back window, so that this build reads
    everything once more, and a row that is read again takes the place of its old self. What is read no more stays.
    An audit that does not know of erasures yet gets their columns.
    The audit by day is dropped and counted anew; so is all that follows from the events alone, and a seed that has more
    columns now.
#}
{% macro upgrade_stored_events() -%}
    {%- if execute and flags.WHICH in ('build', 'run', 'seed') and not flags.FULL_REFRESH and not flags.EMPTY -%}
        {%- set outdated = clickintent.outdated_tables() -%}
        {%- set events = outdated.get('stg_events') -%}
        {%- set quarantined = outdated.get('quarantined_events') -%}
        {%- for name, table in outdated.items() if name not in ('stg_events', 'quarantined_events') -%}
            {%- do adapter.drop_relation(table) -%}
        {%- endfor -%}
        {%- if events is not none -%}
            {%- call statement('upgrade_events', auto_begin=True) -%}
    create or replace table {{ events }} as
    with stored as (
        select * exclude (content_hash), {{ clickintent.decoded_page('page_url') }} as decoded_page, cast(null as double) as engaged_seconds, {{ clickintent.no_text() }} as load_batch
        from {{ events }}
    )
    select
        * exclude (decoded_page) replace ({{ clickintent.normalize_page('decoded_page') }} as page_key),
        {{ clickintent.event_content_hash() }} as content_hash
    from stored
            {%- endcall -%}
        {%- endif -%}
        {%- if quarantined is not none -%}
            {%- call statement('upgrade_quarantine', auto_begin=True) -%}
    create or replace table {{ quarantined }} as
    select
        * exclude (content_hash),
        {{ clickintent.no_text() }} as load_batch,
        cast({{ 2 ** 60 }} as bigint) as content_hash
    from {{ quarantined }}
            {%- endcall -%}
        {%- endif -%}
        {%- if outdated -%}
            {%- do adapter.commit() -%}
        {%- endif -%}
        {%- do clickintent.add_erasures_to_audit() -%}
    {%- endif -%}
{%- endmacro %}

{#
    Name -> table, of those of an earlier version, as far as they can be made again: the two tables of events and the audit,
    told by the missing batch; with them all that follows from the events alone, since it compares content hashes; and seeds
    that lack a column. Not what was read from a source that may be gone, nor what was learnt.
#}
{% macro outdated_tables() -%}
    {%- set batched = [] -%}
    {%- set derived = [] -%}
    {%- set seeds = [] -%}
    {%- for node in graph.nodes.values() if node.package_name == 'clickintent' -%}
        {%- if node.name in ('stg_events', 'quarantined_events', 'ingestion_audit') -%}
            {%- do batched.append(node) -%}
        {%- elif node.resource_type == 'seed' -%}
            {%- do seeds.append(node) -%}
        {%- elif
            node.resource_type == 'model' and node.language == 'sql' and node.config.materialized == 'incremental'
            and 'model.clickintent.source_events' not in node.depends_on.nodes
            and node.config.full_refresh is not sameas false
        -%}
            {%- do derived.append(node) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set found = {} -%}
    {%- for node in batched -%}
        {%- do clickintent.add_if_lacking(found, node, ['load_batch']) -%}
    {%- endfor -%}
    {%- if 'stg_events' in found -%}
        {%- for node in derived -%}
            {%- do clickintent.add_if_lacking(found, node, none) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- for node in seeds -%}
        {%- do clickintent.add_if_lacking(found, node, node.columns.keys() | map('lower') | list) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{# Adds a node's table, where it is there, to `found` if it lacks one of `columns`, or in any case if these are none. #}
{% macro add_if_lacking(found, node, columns) -%}
    {%- set table = adapter.get_relation(node.database, node.schema, node.alias) -%}
    {%- if table is not none and table.is_table -%}
        {%- if columns is none
            or columns | reject('in', adapter.get_columns_in_relation(table) | map(attribute='name') | map('lower') | list) | list -%}
            {%- do found.update({node.name: table}) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{# Columns of the audit that came later, in a table that has batches: nobody was erased when it was written. #}
{% macro add_erasures_to_audit() -%}
    {%- set audit = clickintent.stored_table('ingestion_audit') -%}
    {%- if audit is not none and clickintent.stored_table('ingestion_audit', 'erased_count') is none -%}
        {%- call statement('upgrade_audit', auto_begin=True) -%}
    alter table {{ audit }} add column erased_count bigint default 0;
    alter table {{ audit }} add column is_to_recount boolean default false
        {%- endcall -%}
        {%- do adapter.commit() -%}
    {%- endif -%}
{%- endmacro %}
