-- Counted from three sides, so that it can disagree: rows as they arrived, rows stored, rows that lost to another.
with arrived as (
    select
        source,
        event_id,
        loaded_at,
        content_hash,
        verdict,
        cast(loaded_at as date) as loaded_on
    from {{ ref('source_events') }}
),

accepted as (
    select source, cast(loaded_at as date) as loaded_on, count(*) as accepted_count
    from {{ ref('stg_events') }}
    group by 1, 2
),

quarantined as (
    select source, cast(loaded_at as date) as loaded_on, count(*) as quarantined_count
    from {{ ref('quarantined_events') }}
    group by 1, 2
),

ranked as (
    select
        *,
        verdict <> 'refused' and row_number() over (
            partition by event_id, verdict = 'refused' order by verdict, loaded_at, content_hash
        ) > 1 as is_duplicate
    from arrived
),

batches as (
    select
        source,
        loaded_on,
        count(*) as row_count,
        count(*) filter (where is_duplicate) as duplicate_count,
        count(*) filter (where verdict = 'refused') as refused_count
    from ranked
    group by 1, 2
),

final as (
    select
        batches.source,
        batches.loaded_on,
        batches.row_count,
        coalesce(accepted.accepted_count, 0) as accepted_count,
        batches.duplicate_count,
        coalesce(quarantined.quarantined_count, 0) as quarantined_count,
        batches.refused_count
    from batches
    left join accepted on batches.source = accepted.source and batches.loaded_on = accepted.loaded_on
    left join quarantined on batches.source = quarantined.source and batches.loaded_on = quarantined.loaded_on
)

select * from final
