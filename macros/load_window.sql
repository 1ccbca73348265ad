{#
    Rows that an incremental run has to look at again: loads commit out of order, so everything from
    `load_lookback_hours` before the newest load that `this` holds; and every row of unknown load time.
#}
{% macro in_load_window() -%}
    (
        not has_load_time
        or loaded_at >= (
            select coalesce(max(loaded_at), timestamp '1900-01-01') from {{ this }}
        ) - interval '{{ var("load_lookback_hours") }} hours'
    )
{%- endmacro %}
