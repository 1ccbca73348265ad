{{ config(contract={'enforced': true}) }}

with quarantined as (
    select * from {{ ref('quarantined_events') }}
),

final as (
    select
        source,
        reason,
        {{ clickintent.day_in_timezone('loaded_at', var('reporting_timezone')) }} as day,
        count(*) as events
    from quarantined
    group by source, reason, day
)

select * from final
