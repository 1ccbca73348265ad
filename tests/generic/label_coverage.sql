{#
    In every group of eligible sessions, at least `min_share` have an intent and are not abstained. The denominator is
    the sessions of `eligible` (those that `eligible_condition` keeps), not the rows of `model`, so that sessions
    that were never scored count against it. No eligible session at all fails unless `allow_empty`.
#}
{% test label_coverage(
    model, eligible, eligible_condition='not is_bot', group_by=[], min_share=0.5, key='session_id', allow_empty=false
) %}
{%- set groups = [group_by] if group_by is string else group_by %}
with sessions as (
    select {{ key }}{% for column in groups %}, {{ column }}{% endfor %}
    from {{ eligible }}
    where {{ eligible_condition }}
),

labelled as (
    select distinct {{ key }}
    from {{ model }}
    where intent_id is not null and not is_abstained
),

coverage as (
    select
        {%- for column in groups %}
        sessions.{{ column }},
        {%- endfor %}
        count(*) as eligible_sessions,
        count(labelled.{{ key }}) as labelled_sessions,
        cast(count(labelled.{{ key }}) as double) / nullif(count(*), 0) as labelled_share
    from sessions
    left join labelled on sessions.{{ key }} = labelled.{{ key }}
    {%- if groups %}
    group by {% for column in groups %}sessions.{{ column }}{% if not loop.last %}, {% endif %}{% endfor %}
    {%- endif %}
),

problems as (
    select
        'labelled share is below {{ min_share }}' as problem,
        {%- for column in groups %}
        cast({{ column }} as {{ dbt.type_string() }}) as {{ column }},
        {%- endfor %}
        eligible_sessions,
        labelled_sessions,
        labelled_share
    from coverage
    where labelled_share < {{ min_share }}
    {%- if not allow_empty %}
    union all
    select
        'no eligible sessions' as problem,
        {%- for column in groups %}
        null as {{ column }},
        {%- endfor %}
        0 as eligible_sessions,
        0 as labelled_sessions,
        null as labelled_share
    from (select count(*) as row_count from sessions) as counted
    where row_count = 0
    {%- endif %}
)

select * from problems
{%- if flags.EMPTY %}
where 1 = 0
{%- endif %}
{% endtest %}
