{#
    Nothing is lost: in every row `total` is the sum of `parts`. A null anywhere fails, since it hides a count.
    Zero rows fail unless `allow_empty`.
#}
{% test accounts_for(model, total, parts, allow_empty=false) %}
with counted as (
    select * from {{ model }}
),

unbalanced as (
    select
        '{{ total }} is not {{ parts | join(" + ") }}' as problem,
        {{ total }} as total_count,
        {{ parts | join(' + ') }} as parts_count
    from counted
    where {{ total }} is null or {{ parts | join(' + ') }} is null or {{ total }} <> {{ parts | join(' + ') }}
),

problems as (
    select * from unbalanced
    {%- if not allow_empty %}
    union all
    select 'no rows' as problem, 0 as total_count, 0 as parts_count
    from (select count(*) as row_count from counted) as all_rows
    where row_count = 0
    {%- endif %}
)

select * from problems
{%- if flags.EMPTY %}
where 1 = 0
{%- endif %}
{% endtest %}
