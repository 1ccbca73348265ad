-- The ten sessions most like one that looks at a single page with these words. It needs the function clickintent_embed: on
-- DuckDB run it by `dbt show --select sessions_like_this_text --limit -1`, or through clickintent.duckdb.connect; Snowflake has
-- the function once it is deployed.
with asked as (
    select
        cast(clickintent_embed(
            'web', -- or 'app'
            null,
            null,
            {{ clickintent.list_literal(["'mortgage refinance rates'"], 'varchar') }}, -- put words of your own here
            {{ clickintent.list_literal(["'page_view'"], 'varchar') }},
            {{ clickintent.list_literal(['null'], 'double') }},
            {{ clickintent.list_literal(['null'], 'double') }},
            {{ clickintent.list_literal(['null'], 'integer') }},
            {{ clickintent.list_literal(['null'], 'integer') }},
            {{ clickintent.list_literal(['null'], 'double') }}
        ) as {{ clickintent.embedding_type() }}) as embedding
)

select
    embeddings.session_id,
    embeddings.channel,
    {{ clickintent.inner_product('embeddings.embedding', 'asked.embedding') }} as cosine,
    intents.intent_id,
    narratives.narrative
from {{ ref('session_embeddings') }} as embeddings
cross join asked
inner join {{ ref('session_intents') }} as intents on embeddings.session_id = intents.session_id
inner join {{ ref('session_narratives') }} as narratives on embeddings.session_id = narratives.session_id
order by cosine desc nulls last
limit 10
