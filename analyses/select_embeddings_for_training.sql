-- A training set for a ranker of tiles: each tile with its vectors as they were, and what weighs a click by its position.
with examples as (
    select * from {{ clickintent.optional_relation('tile_ranking_examples') }}
)

select
    impression_id,
    tile_id,
    shown_at,
    position,
    is_clicked,
    case when propensity is not null then 1 / greatest(propensity, cast(0.1 as double)) end as click_weight, -- inverse propensity, clipped; null before there were clicks to tell
    app_page_counts,
    web_page_counts,
    app_embedding,
    web_embedding, -- null for most: who has no web session that could be linked by then
    web_embedded_count > 0 as has_web_session
from examples
where
    customer_id is not null
    and is_click_time_over -- else no click may mean not yet
    -- vectors of two versions are not comparable; who has none yet, as most at their first visit, is shown tiles, too
    and (
        encoder_version is null
        or encoder_version in (
            select version from {{ ref('model_registry') }}
            where model_name = 'session_encoder' and is_current
        )
    )
    -- a test set begins where the training set ends, never at random across a customer
    and shown_at < {{ clickintent.days_later('(select max(latest.shown_at) from examples as latest)', -14) }}
order by shown_at, impression_id, position
