{{ config(contract={'enforced': true}) }}

with final as (
    select 1 as step, 'event happened' as what, max(event_at) as newest_at, count(*) as row_count
    from {{ ref('stg_events') }}
    union all
    select 2 as step, 'event loaded' as what, max(loaded_at) as newest_at, count(*) as row_count
    from {{ ref('stg_events') }}
    union all
    select 3 as step, 'session started' as what, max(started_at) as newest_at, count(*) as row_count
    from {{ ref('sessions') }}
    union all
    select 4 as step, 'session embedded' as what, max(embedded_at) as newest_at, count(*) as row_count
    from {{ ref('session_embeddings') }}
    union all
    select 5 as step, 'intent scored' as what, max(scored_at) as newest_at, count(*) as row_count
    from {{ ref('session_intents') }}
)

select * from final
