{# MetricFlow takes one daily calendar, so where this project is a package that of its host is used. -#}
{{ config(enabled=project_name == 'clickintent') }}

with human_sessions as (
    select min(session_day) as first_day, max(session_day) as last_day from {{ ref('human_sessions') }}
),

-- a century from 2000 on; unlike dbt.date_spine this asks the warehouse nothing while it is compiled
numbers as (
    {{ dbt.generate_series(36525) }}
),

days as (
    select cast({{ dbt.dateadd('day', 'generated_number - 1', "cast('2000-01-01' as date)") }} as date) as date_day
    from numbers
),

final as (
    select days.date_day
    from days
    inner join human_sessions on days.date_day between human_sessions.first_day and human_sessions.last_day
)

select * from final
