{#
    The last select of a model of incremental strategy `apply_changes`: the rows of a CTE, and for each key of CTE `gone` a
    row that has nothing else, which tells the strategy to delete. Under --empty every input looks empty, and
    nothing is deleted.
#}
{% macro final_and_gone(key, final='final') -%}
    select * from {{ final }}
    {%- if is_incremental() and not flags.EMPTY %}
    union all by name
    select {{ key | join(', ') }} from gone
    {%- endif %}
{%- endmacro %}
