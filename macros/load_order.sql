{#
    Of rows with one event id the first in this order stands. The load and the content decide; the rest only makes the
    choice between equal ones the same in every build. `also`: further columns that may differ.
#}
{% macro load_order(also=[]) -%}
    {{ (['loaded_at', 'content_hash', 'load_batch', 'has_load_time desc nulls last'] + also) | join(', ') }}
{%- endmacro %}

{# Whether the row `arrived` comes before the row `known` in that order. A known row without a batch comes last. #}
{% macro is_loaded_before(arrived, known, also=[]) -%}
    (
        {{ arrived }}.loaded_at < {{ known }}.loaded_at
        or {{ arrived }}.loaded_at = {{ known }}.loaded_at and (
            {{ arrived }}.content_hash < {{ known }}.content_hash
            or {{ arrived }}.content_hash = {{ known }}.content_hash and (
                {{ known }}.load_batch is null
                or {{ arrived }}.load_batch < {{ known }}.load_batch
                or {{ arrived }}.load_batch = {{ known }}.load_batch and (
                    {{ arrived }}.has_load_time and not {{ known }}.has_load_time
                    {%- for column in also %}
                    or {{ arrived }}.has_load_time = {{ known }}.has_load_time
                    {%- for same in also[:loop.index0] %} and {{ arrived }}.{{ same }} = {{ known }}.{{ same }}{% endfor %}
                    and {{ arrived }}.{{ column }} < {{ known }}.{{ column }}
                    {%- endfor %}
                )
            )
        )
    )
{%- endmacro %}
