{#
    In each group of the columns `by`, the column `counted` of the model is the number of rows that `relation` holds: a row
    that was deleted by hand, or written past the build, shows here. Rows of `relation` without a group are left out.
#}
{% test counted_in(model, counted, relation, by) %}
with counts as (
    select {{ by | join(', ') }}, {{ counted }} as counted from {{ model }}
),

held as (
    select {{ by | join(', ') }}, count(*) as held
    from {{ relation }}
    where {% for column in by %}{{ column }} is not null{{ ' and ' if not loop.last }}{% endfor %}
    group by {{ by | join(', ') }}
)

select counts.*, held.held
from counts
full join held on {% for column in by %}counts.{{ column }} = held.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
where coalesce(counts.counted, 0) <> coalesce(held.held, 0)
{%- if flags.EMPTY %}
and 1 = 0
{%- endif %}
{% endtest %}
