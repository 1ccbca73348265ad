{{ config(contract={'enforced': true}) }}

with session_intents as (
    select session_id, intent_id, intent_l1, 1.0 as weight from {{ ref('session_intents') }}
    where not is_abstained and intent_id is not null
),

{{ clickintent.tile_examples(ref('customer_embeddings'), 'session_intents', ref('tile_running_embeddings')) }}

select * from tile_examples
