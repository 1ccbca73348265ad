{# A condition that leaves out cells of fewer than `min_cell_sessions`; nothing where that is 0. #}
{% macro leave_out_small_cells(counted) -%}
{%- if var('min_cell_sessions') > 0 -%}
where {{ counted }} >= {{ var('min_cell_sessions') }}
{%- endif -%}
{%- endmacro %}
