{# A number, or the limit where it is above; null where it is null, which `least` is not on every warehouse. #}
{% macro at_most(number, limit) -%}
    case when {{ number }} > {{ limit }} then {{ limit }} else {{ number }} end
{%- endmacro %}
