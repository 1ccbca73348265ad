-- The ten sessions most like one that looks at a single page with these words. It needs the function clickintent_embed: run
-- it by `dbt show --select sessions_like_this_text --limit -1`, or through clickintent.duckdb.connect.
with asked as (
    select
        clickintent_embed(
            'web', -- or 'app'
            null,
            null,
            ['mortgage refinance rates'], -- put words of your own here
            ['page_view'],
            [null]::double[],
            [null]::double[],
            [null]::integer[],
            [null]::integer[],
            [null]::double[]
        ) as embedding
)

select
    embeddings.session_id,
    embeddings.channel,
    array_inner_product(embeddings.embedding, asked.embedding) as cosine,
    intents.intent_id,
    narratives.narrative
from {{ ref('session_embeddings') }} as embeddings
cross join asked
inner join {{ ref('session_intents') }} as intents on embeddings.session_id = intents.session_id
inner join {{ ref('session_narratives') }} as narratives on embeddings.session_id = narratives.session_id
order by cosine desc
limit 10
