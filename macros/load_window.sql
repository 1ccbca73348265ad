{#
    Rows of `arrivals` that an incremental run has to look at again: loads commit out of order, so everything from
    `load_lookback_hours` before the newest load that `this` holds of the same source; and every row of unknown load
    time. A load time ahead of the clock is a broken one and does not move the window.
#}
{% macro in_load_window(arrivals) -%}
    (
        not {{ arrivals }}.has_load_time
        or {{ arrivals }}.loaded_at >= coalesce((
            select least(max(known.loaded_at), cast('{{ clickintent.clock() }}' as timestamp))
            from {{ this }} as known
            where known.has_load_time and known.source = {{ arrivals }}.source
        ), timestamp '1900-01-01') - interval '{{ var("load_lookback_hours") }} hours'
    )
{%- endmacro %}
