{# Post-hook of quarantined_events: rows that a later, good row with the same id has corrected. #}
{% macro drop_accepted_from_quarantine() -%}
    {%- if flags.EMPTY -%}
        select 1
    {%- else -%}
        delete from {{ this }} where event_id in (select event_id from {{ ref('stg_events') }})
    {%- endif -%}
{%- endmacro %}
