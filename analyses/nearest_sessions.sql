-- The ten sessions most like one session, by cosine of their embeddings (unit vectors: the inner product).
with embeddings as (
    select * from {{ ref('session_embeddings') }}
),

anchor as (
    select session_id, embedding from embeddings
    order by session_id
    limit 1 -- put a session_id of your own here: where session_id = '...'
)

select
    embeddings.session_id,
    embeddings.channel,
    {{ clickintent.inner_product('embeddings.embedding', 'anchor.embedding') }} as cosine,
    intents.intent_id,
    narratives.narrative
from embeddings
cross join anchor
inner join {{ ref('session_intents') }} as intents on embeddings.session_id = intents.session_id
inner join {{ ref('session_narratives') }} as narratives on embeddings.session_id = narratives.session_id
where embeddings.session_id <> anchor.session_id
order by cosine desc nulls last
limit 10
