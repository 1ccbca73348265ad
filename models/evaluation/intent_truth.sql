{{ config(materialized='view') }}
-- Evaluation only: no model outside of it may read this, and a test sees to that.
with people as (
    select
        session_id,
        intent_id,
        'people' as judge,
        cast(null as varchar) as oracle_intent_id
    from {{ clickintent.movable(ref('gold_labels')) }}
    where shown_because = 'random'
),
{% if 'demo' in clickintent.event_sources() %}
simulator as (
    select
        session_id,
        intent_id,
        'simulator' as judge,
        oracle_intent_id
    from {{ clickintent.movable(ref('demo_truth')) }}
),
{% endif %}
final as (
    select * from people
    {%- if 'demo' in clickintent.event_sources() %}
    union all
    select * from simulator
    {%- endif %}
)

select * from final
