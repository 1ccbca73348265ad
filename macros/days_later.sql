{# A timestamp moved by a number of days, to the second; negative days go back. #}
{% macro days_later(timestamp, days) -%}
    {{ dbt.dateadd('second', (days * 86400) | round | int, timestamp) }}
{%- endmacro %}
