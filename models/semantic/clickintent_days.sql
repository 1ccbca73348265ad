{# MetricFlow takes one daily calendar, so where this project is a package that of its host is used. -#}
{{ config(enabled=project_name == 'clickintent') }}

with human_sessions as (
    select min(session_day) as first_day, max(session_day) as last_day from {{ ref('human_sessions') }}
),

days as (
    {{ dbt.date_spine('day', "cast('2000-01-01' as date)", "cast('2100-01-01' as date)") }}
),

final as (
    select cast(days.date_day as date) as date_day
    from days
    inner join human_sessions on days.date_day between human_sessions.first_day and human_sessions.last_day
)

select * from final
