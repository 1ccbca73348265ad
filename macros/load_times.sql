{#
    Select item `native_loaded_at` of a source's staging model: the time of the load in the warehouse's own type, by which
    `source_events` bounds what it scans before anything is parsed. `columns` are [expression, type], in the order in which the
    model falls back on them. Null where one of them is text or a number, of which is known what it says only once it is parsed,
    and where they are of several types, which need not have a common one.
#}
{% macro native_load_time(columns) -%}
    {%- set types = columns | map('last') | map('upper') | unique | list -%}
    {%- if types | length != 1 or not modules.re.match('(TIMESTAMP|DATE)', types[0]) -%}
        cast(null as timestamp) as native_loaded_at,
    {%- elif columns | length == 1 -%}
        {{ columns[0][0] }} as native_loaded_at,
    {%- else -%}
        coalesce({{ columns | map('first') | join(', ') }}) as native_loaded_at,
    {%- endif -%}
{%- endmacro %}

{# The same of those of the named columns that a tracker's relation has. #}
{% macro native_load_time_of(relation, names) -%}
    {%- set types = clickintent.columns_found(relation) -%}
    {%- set columns = [] -%}
    {%- for name in names if name | lower in types -%}
        {%- do columns.append(['source.' ~ name, types[name | lower]]) -%}
    {%- endfor -%}
    {{ return(clickintent.native_load_time(columns)) }}
{%- endmacro %}

{#
    Where clause over a source's staging model: at least the rows whose loads this build reads, as `is_to_read` has them, so that
    nothing else is parsed. `bounds` are the source's of `load_bounds`; nothing where it has none. All days are moved by one, to
    the safe side, since a time with a zone is compared in the session's.
#}
{% macro where_loaded(bounds) -%}
    {%- set conditions = [] -%}
    {%- set span = clickintent.plausible_days() -%}
    {%- if bounds and bounds.from -%}
        {%- do conditions.append('native_loaded_at >= ' ~ clickintent.days_beside(bounds.from, -1)) -%}
    {%- endif -%}
    {%- if bounds and bounds.to -%}
        {#- the bound may have a time of the day -#}
        {%- do conditions.append('native_loaded_at < ' ~ clickintent.days_beside(bounds.to, 2)) -%}
    {%- endif -%}
    {%- if conditions %}
    where
        native_loaded_at is null
        -- what is no time of a load is read at every build
        or native_loaded_at not between {{ clickintent.days_beside(span[0], 1) }} and {{ clickintent.days_beside(span[1], -1) }}
        or {{ conditions | join(' and ') }}
    {%- endif -%}
{%- endmacro %}

{# A date literal so many days beside a day, 'YYYY-MM-DD'. #}
{% macro days_beside(day, days) -%}
    {%- set beside = modules.datetime.datetime.strptime(day, '%Y-%m-%d') + modules.datetime.timedelta(days=days) -%}
    date '{{ beside.strftime("%Y-%m-%d") }}'
{%- endmacro %}

{#
    The day of a time that is given as text; none where it is written otherwise, before our era, or no clock can have shown it:
    a bound that far out leaves nothing out.
#}
{% macro plausible_day(time) -%}
    {%- set found = modules.re.match('[0-9]{4}-[0-9]{2}-[0-9]{2}(?!.*BC)', time | string) -%}
    {%- set span = clickintent.plausible_days() -%}
    {{ return(found[0] if found and span[0] <= found[0] <= span[1] else none) }}
{%- endmacro %}

{#
    Source -> {from, to}: the day of the first load that this build reads, and that of the first which it no longer reads, or
    none. Sources of which everything is read are not in it, nor are those whose staging model lacks `native_loaded_at`.
#}
{% macro load_bounds() -%}
    {%- set bounds = {} -%}
    {%- if not execute or model.resource_type == 'unit_test' -%}
        {#- nothing is known yet, or rows are given -#}
    {%- elif var('backfill_from') or var('backfill_to') -%}
        {%- set chunk = {'from': clickintent.plausible_day(var('backfill_from')), 'to': clickintent.plausible_day(var('backfill_to'))} -%}
        {%- for source in clickintent.event_sources() -%}
            {%- do bounds.update({source: chunk}) -%}
        {%- endfor -%}
    {%- elif clickintent.every_reader_stands() -%}
        {%- for source, window_from, batch_from in clickintent.first_days() -%}
            {%- set days = [clickintent.plausible_day(window_from), clickintent.plausible_day(batch_from or window_from)] -%}
            {#- of days as text the earlier is the smaller -#}
            {%- do bounds.update({source: {'from': none if none in days else days | min, 'to': none}}) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- for source, days in bounds.copy().items() -%}
        {%- if not (days.from or days.to) or source not in clickintent.event_sources() or not clickintent.has_native_load_time(source) -%}
            {%- do bounds.pop(source) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(bounds) }}
{%- endmacro %}

{#
    Rows of source, first time of its window, and earliest day that the audit found wrong: of sources that have a window, and of
    which only days are to be read.
#}
{% macro first_days() -%}
    {%- set windows, batches = clickintent.table_of(ref('load_windows')), clickintent.table_of(ref('batches_to_read')) -%}
    {%- if windows is none or batches is none -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set query -%}
        select
            windows.source,
            {{ clickintent.text_of('windows.read_from', 'timestamp') }} as window_from,
            min(case when batches.load_batch like '____-__-__' then batches.load_batch end) as batch_from
        from {{ windows }} as windows
        left join {{ batches }} as batches on windows.source = batches.source
        where windows.read_from is not null
        group by windows.source, windows.read_from
        -- a batch that is no day, such as a file, tells nothing of load times
        having count(case when batches.load_batch not like '____-__-__' and batches.load_batch not like '____-__-__ (no load time)' then 1 end) = 0
    {%- endset -%}
    {{ return(run_query(query).rows) }}
{%- endmacro %}

{#
    Whether each model that reads `source_events` goes on from a table that stands. One that starts from nothing needs all rows,
    and so may one of another project, which can have read less than the audit knows.
#}
{% macro every_reader_stands() -%}
    {%- set ns = namespace(all=not flags.FULL_REFRESH) -%}
    {%- for node in clickintent.source_readers() -%}
        {%- if node.package_name != 'clickintent' or node.config.materialized != 'incremental' or node.config.full_refresh -%}
            {%- set ns.all = false -%}
        {%- elif ns.all -%}
            {%- set table = adapter.get_relation(node.database, node.schema, node.alias) -%}
            {%- set ns.all = table is not none and table.is_table -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(ns.all) }}
{%- endmacro %}

{# Whether a source's staging model has the column; a source of your own may lack it. #}
{% macro has_native_load_time(source) -%}
    {{ return(clickintent.has_column(ref('stg_' ~ source ~ '__events'), 'native_loaded_at')) }}
{%- endmacro %}

{#
    Pre-hook of the models that read `source_events`. Where the view of an earlier build is bounded, it has to be built in the same
    run as one that starts from nothing, and whenever the window or the days to read again are told anew.
#}
{% macro require_all_loads() -%}
    {%- if execute and 'model.clickintent.source_events' not in selected_resources -%}
        {%- set starts = flags.FULL_REFRESH or load_relation(this) is none -%}
        {%- set told = ['model.clickintent.load_windows', 'model.clickintent.batches_to_read'] -%}
        {%- if (starts or told | select('in', selected_resources) | list) and clickintent.is_bounded(ref('source_events')) -%}
            {{ exceptions.raise_compiler_error(
                this.identifier ~ (" starts from nothing" if starts else " is to read other loads than the last build")
                ~ ", and source_events holds only what that build read: select it as well, as in --select +source_events " ~ this.identifier ~ "."
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{# Whether a view `source_events` leaves loads out; one without rows may. #}
{% macro is_bounded(view) -%}
    {%- if not clickintent.has_column(view, 'is_bounded') -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set rows = run_query("select is_bounded from " ~ view ~ " limit 1").rows -%}
    {{ return(rows | length == 0 or rows[0][0]) }}
{%- endmacro %}
