{#
    The relation has rows. The tests beside this one take `allow_empty: true` where an empty source is a fact and not
    a fault; then this test, as a warning, is what says so.
#}
{% test not_empty(model) %}
select row_count
from (select count(*) as row_count from {{ model }}) as counted
where row_count = 0 and {{ not flags.EMPTY }}
{% endtest %}
