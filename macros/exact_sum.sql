{#
    Sum that does not depend on the order of its rows: floating-point sums do, and an incremental build adds in another
    order than a full refresh. Six decimals: microseconds, millionths of a probability.
#}
{% macro exact_sum(expression) -%}
    cast(sum(cast({{ expression }} as decimal(24, 6))) as double)
{%- endmacro %}
