{#
    CTEs that end in `tile_examples`: one row per impression and tile, with its outcome and all that could be known of the
    customer when the tile was shown. The model `tile_ranking_examples` is made of them; so is any other version of it,
    such as an evaluation's, whose models were fitted before a date. Begin with `with`, end with
    `select * from tile_examples`.

    Each argument is a relation, a CTE that stands before, or a query in parentheses:

    - `customer_embeddings`: customer_id, valid_from, valid_to, embedding, web_embedding, app_embedding, session_count,
      web_session_count, app_session_count, encoder_version; made by stage `pool_changed_customers`.
    - `session_intents`: session_id, intent_id, intent_l1, weight; one row a session with weight 1, or one row a session
      and intent with its probability. Intents that `dim_intents` calls sensitive, or does not have, are withheld here.
    - `running_embeddings`: session_id, impression_id, event_count, embedding; made by stage `embed_running_sessions`.

    What is read beside them: tile_impressions, tile_propensities, session_histories, session_features, dim_intents.
    Sessions count once all of them is known before the impression (`known_at < shown_at`), which is after they ended.
#}
{% macro tile_examples(customer_embeddings, session_intents, running_embeddings) -%}
tile_impressions as (
    select * from {{ ref('tile_impressions') }}
),

propensities as (
    select day, position, propensity from {{ ref('tile_propensities') }}
),

showings as (
    select distinct session_id, impression_id, customer_id, shown_at from tile_impressions
),

{{ clickintent.known_before_showings() }},

{{ clickintent.intents_before_showings(session_intents) }},

tiles_before as (
    select
        tile_impressions.session_id,
        tile_impressions.impression_id,
        tile_impressions.tile_id,
        count(*) as tile_shown_count,
        count(case
            when earlier.clicked_at < tile_impressions.shown_at and earlier.click_loaded_at <= tile_impressions.shown_at then 1
        end) as tile_click_count
    from tile_impressions
    inner join tile_impressions as earlier
        on tile_impressions.customer_id = earlier.customer_id and tile_impressions.tile_id = earlier.tile_id
        and tile_impressions.shown_at > earlier.shown_at and tile_impressions.shown_at >= earlier.loaded_at
        and earlier.shown_at >= {{ clickintent.days_later('tile_impressions.shown_at', -clickintent.tile_setting('history_days')) }}
    group by 1, 2, 3
),

vectors as (
    -- an open end as a time: a join with `or` would compare everything with everything
    select *, coalesce(valid_to, timestamp '9999-12-31') as held_until from {{ customer_embeddings }} as given_vectors
),

running as (
    select * from {{ running_embeddings }} as given_prefixes
),

tile_examples as (
    select
        tile_impressions.impression_id,
        tile_impressions.tile_id,
        tile_impressions.session_id,
        tile_impressions.customer_id,
        tile_impressions.shown_at,
        tile_impressions.position,
        tile_impressions.is_randomized,
        propensities.propensity,
        tile_impressions.is_clicked,
        tile_impressions.is_click_time_over,
        tile_impressions.channel,
        tile_impressions.device_type,
        hour(tile_impressions.shown_at) as shown_hour,
        {{ clickintent.week_day('tile_impressions.shown_at') }} as shown_weekday,
        coalesce(tiles_before.tile_shown_count, 0) as tile_shown_count,
        coalesce(tiles_before.tile_click_count, 0) as tile_click_count,
        {% for channel in ['app', 'web'] %}
        coalesce(known.{{ channel }}_recent_session_count, 0) as {{ channel }}_session_count,
        known.days_since_{{ channel }}_session,
        coalesce(pages.{{ channel }}_event_count, 0) as {{ channel }}_event_count,
        pages.{{ channel }}_page_counts,
        coalesce(intents.{{ channel }}_intent_session_count, 0) as {{ channel }}_intent_session_count,
        intents.{{ channel }}_intent_shares,
        intents.{{ channel }}_intent_l1_shares,
        {% endfor -%}
        cast({{ clickintent.sensitive_use() }} as {{ dbt.type_string() }})
            as sensitive_intents_for,
        cast(vectors.embedding as {{ clickintent.embedding_type() }}) as embedding,
        cast(vectors.web_embedding as {{ clickintent.embedding_type() }}) as web_embedding,
        cast(vectors.app_embedding as {{ clickintent.embedding_type() }}) as app_embedding,
        coalesce(vectors.web_session_count, 0) as web_embedded_count,
        coalesce(vectors.app_session_count, 0) as app_embedded_count,
        vectors.valid_from as embedding_valid_from,
        vectors.encoder_version,
        coalesce(running.event_count, 0) as running_event_count,
        cast(running.embedding as {{ clickintent.embedding_type() }}) as running_embedding
    from tile_impressions
    left join propensities
        on cast(tile_impressions.shown_at as date) = propensities.day and tile_impressions.position = propensities.position
    left join tiles_before
        on tile_impressions.session_id = tiles_before.session_id
        and tile_impressions.impression_id = tiles_before.impression_id
        and tile_impressions.tile_id = tiles_before.tile_id
    {%- for side in ['known', 'pages', 'intents'] %}
    left join {{ side }}_before_showings as {{ side }}
        on tile_impressions.session_id = {{ side }}.session_id and tile_impressions.impression_id = {{ side }}.impression_id
    {%- endfor %}
    left join vectors
        on tile_impressions.customer_id = vectors.customer_id
        and tile_impressions.shown_at >= vectors.valid_from
        and tile_impressions.shown_at < vectors.held_until
    left join running
        on tile_impressions.session_id = running.session_id
        and tile_impressions.impression_id = running.impression_id
)
{%- endmacro %}
