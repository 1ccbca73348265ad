{# The sessions that people gave labels are still there. This project uses it as a warning, since sessions may go. #}
{% test gold_sessions_exist(model, sessions) %}
{%- set wrong -%}
with gold as (
    select * from {{ model }}
),

sessions as (
    select session_id from {{ sessions }}
),

problems as (
    select
        'seeds/gold_labels.csv: there is no session ' || gold.session_id || ' (mistyped, erased, or another one since '
        || 'events came late); it counts for nothing, and the row can go.' as problem
    from gold
    left join sessions on gold.session_id = sessions.session_id
    where sessions.session_id is null and gold.session_id is not null
)

select problem from problems
{%- endset %}
{{ clickintent.told_problems(wrong) }}
{% endtest %}
