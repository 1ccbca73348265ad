{{ config(materialized='table', tags=['evaluation_fit']) }}

with session_intents as (
    select session_id, intent_id, intent_l1, 1.0 as weight from {{ ref('eval_session_intents') }}
    where not is_abstained
),

-- what had been loaded of a running session is nearly always nothing: left out here, for every model alike
running_embeddings as (
    select
        session_id,
        cast(null as {{ dbt.type_string() }}) as impression_id,
        0 as event_count,
        embedding
    from {{ ref('eval_session_embeddings') }}
    where false
),

{{ clickintent.tile_examples(ref('eval_customer_embeddings'), 'session_intents', 'running_embeddings') }},

split as (
    select * from {{ ref('eval_split') }}
),

sessions as (
    select session_id, person, fold, is_before_split from {{ ref('eval_sessions') }}
),

final as (
    select
        tile_examples.*,
        sessions.person,
        sessions.fold,
        -- a click counts for half an hour: an example to learn from was over, and loaded, before the split
        case when sessions.is_before_split then 'train' when tile_examples.shown_at >= split.split_at then 'test' end as side
    from tile_examples
    inner join sessions on tile_examples.session_id = sessions.session_id
    cross join split
    where tile_examples.is_click_time_over and tile_examples.customer_id is not null
)

select * from final
where side is not null
