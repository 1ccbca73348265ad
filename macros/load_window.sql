{#
    Rows of `arrivals` that an incremental run has to look at again. Of files: all that are read. Of relations: loads
    commit out of order, so everything from `load_lookback_hours` before the newest load that `this` holds of the same
    source, by whole days, so that a day is counted whole; every row of unknown load time; and the days that the
    audit found wrong. A load time ahead of the clock is a broken one and does not move the window. A backfill looks at
    all that it reads.
#}
{% macro in_load_window(arrivals, known_time='loaded_at', known_condition='known.has_load_time') -%}
    {%- if var('backfill_from') or var('backfill_to') -%}
    true
    {%- else -%}
    (
        {{ arrivals }}.is_batch_to_read
        or not {{ arrivals }}.has_load_time
        or {{ arrivals }}.loaded_at >= date_trunc('day', coalesce((
            select max(known.{{ known_time }})
            from {{ this }} as known
            where
                {{ known_condition }}
                and known.source = {{ arrivals }}.source
                and known.{{ known_time }} <= cast('{{ clickintent.clock() }}' as timestamp)
        ), timestamp '1900-01-01') - interval '{{ var("load_lookback_hours") }} hours')
    )
    {%- endif -%}
{%- endmacro %}
