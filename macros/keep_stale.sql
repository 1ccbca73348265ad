{#
    Keeps, in an incremental run, the rows of `input` whose content `this` does not hold yet, by key and
    `content_hash`, and by the columns of `also`. Every table below `session_events` takes its work from this one rule.
#}
{% macro keep_stale(input, key='session_id', also=[]) -%}
    {%- if is_incremental() %}
    anti join {{ this }} as known
        on known.{{ key }} = {{ input }}.{{ key }} and known.content_hash = {{ input }}.content_hash
        {%- for column in also %}
        and known.{{ column }} = {{ input }}.{{ column }}
        {%- endfor %}
    {%- endif %}
{%- endmacro %}
