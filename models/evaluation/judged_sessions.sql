{{ config(materialized='view', tags=["evaluation_fit"]) }}
-- Evaluation only: what the intents of sessions are taken to be, by somebody other than whom is judged.
with
{% if 'demo' in clickintent.event_sources() -%}
truth as (
    select session_id, intent_id from {{ clickintent.movable(ref('demo_truth')) }}
),

final as (
    select session_id, intent_id, 'simulator' as said_by
    from truth
    where intent_id is not null
)
{%- else -%}
gold as (
    select session_id, intent_id, shown_because from {{ clickintent.movable(ref('gold_labels')) }}
),

-- sessions that were shown for being hard would make every figure worse than it is
final as (
    select session_id, intent_id, 'people' as said_by
    from gold
    where shown_because = 'random' and intent_id <> 'none'
)
{%- endif %}

select * from final
