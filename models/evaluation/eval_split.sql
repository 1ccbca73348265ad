{{ config(materialized='table', tags=['evaluation_fit']) }}
{%- set split_at = clickintent.evaluation_setting('split_at') %}
{%- set horizon_days = 0 if clickintent.evaluates_within_sessions() else clickintent.evaluation_setting('horizon_days') %}

with events as (
    select min(event_at) as first_at, max(event_at) as last_at from {{ ref('stg_events') }}
),

chosen as (
    select
        first_at,
        last_at,
        {%- if split_at %}
        cast('{{ split_at }}' as timestamp) as split_at
        {%- else %}
        -- as long a time of moments on both sides: each side loses a horizon at its end; a cast alone rounds halves in more ways than one
        date_trunc('second', {{ dbt.dateadd(
            'second', "cast(floor(" ~ clickintent.seconds_between('first_at', 'last_at') ~ " / 2 + 0.5) as integer)", 'first_at'
        ) }}) as split_at
        {%- endif %}
    from events
    where first_at is not null
),

final as (
    select
        '{{ clickintent.evaluation_setting("task") }}' as task,
        split_at,
        cast({{ horizon_days }} as double) as horizon_days,
        first_at as train_from,
        {{ clickintent.days_later('split_at', -horizon_days) }} as train_to,
        split_at as test_from,
        {{ clickintent.days_later('last_at', -horizon_days) }} as test_to
    from chosen
)

select * from final
