alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.eval_tile_examples
    copy grants

    as (

with session_intents as (
    select session_id, intent_id, intent_l1, 1.0 as weight from CLICKINTENT.ANALYTICS.eval_session_intents
    where not is_abstained
),

-- what had been loaded of a running session is nearly always nothing: left out here, for every model alike
running_embeddings as (
    select
        session_id,
        cast(null as TEXT) as impression_id,
        0 as event_count,
        embedding
    from CLICKINTENT.ANALYTICS.eval_session_embeddings
    where false
),

tile_impressions as (
    select * from CLICKINTENT.ANALYTICS.tile_impressions
),

propensities as (
    select day, position, propensity from CLICKINTENT.ANALYTICS.tile_propensities
),

showings as (
    select distinct session_id, impression_id, customer_id, shown_at from tile_impressions
),

sessions_before as (
    select
        showings.session_id,
        showings.impression_id,
        showings.shown_at,
        histories.session_id as known_session_id,
        histories.channel,
        (cast(date_part(epoch_microsecond, showings.shown_at) - date_part(epoch_microsecond, histories.ended_at) as double) / 1000000) / 86400 as days_since,
        (cast(date_part(epoch_microsecond, showings.shown_at) - date_part(epoch_microsecond, histories.started_at) as double) / 1000000) / 86400 as age_days,
        histories.started_at >=

    dateadd(
        second,
        -2592000,
        showings.shown_at
        )

 as is_recent
    from showings
    inner join CLICKINTENT.ANALYTICS.session_histories as histories
        on showings.customer_id = histories.customer_id
        and showings.shown_at > histories.known_at
        and histories.started_at >=

    dateadd(
        second,
        -7776000,
        showings.shown_at
        )

),

known_before_showings as (
    select
        session_id,
        impression_id,
        count(case when channel = 'app' and is_recent then 1 end) as app_recent_session_count,
        min(case when channel = 'app' then days_since end) as days_since_app_session,
        count(case when channel = 'web' and is_recent then 1 end) as web_recent_session_count,
        min(case when channel = 'web' then days_since end) as days_since_web_session
    from sessions_before
    group by 1, 2
),

group_counts as (
    select
        sessions_before.session_id,
        sessions_before.impression_id,
        sessions_before.channel,
        counts.key as page_group,
        sum(cast(counts.value as bigint)) as event_count
    from sessions_before
    inner join CLICKINTENT.ANALYTICS.session_features as features on sessions_before.known_session_id = features.session_id
    cross join lateral flatten(input => parse_json(features.page_group_counts)) as counts
    where sessions_before.is_recent and counts.key <> 'none'
    group by all
),

pages_before_showings as (
    select
        session_id,
        impression_id,
        cast(sum(case when channel = 'app' then event_count end) as bigint) as app_event_count,
        case when count_if(channel = 'app') > 0 then
        '{' || listagg(
            case when channel = 'app' then to_json(to_variant(page_group)) || ':' || cast(event_count as varchar) end, ','
        ) within group (order by page_group) || '}'
    end as app_page_counts,
        cast(sum(case when channel = 'web' then event_count end) as bigint) as web_event_count,
        case when count_if(channel = 'web') > 0 then
        '{' || listagg(
            case when channel = 'web' then to_json(to_variant(page_group)) || ':' || cast(event_count as varchar) end, ','
        ) within group (order by page_group) || '}'
    end as web_page_counts
    from group_counts
    group by 1, 2
),

allowed_intents as (
    select intent_id from CLICKINTENT.ANALYTICS.dim_intents
    where not is_sensitive
),

intents_before as (
    select
        past.session_id,
        past.impression_id,
        past.channel,
        given.intent_id,
        given.intent_l1,
        cast(sum(cast(given.weight * power(0.5, past.age_days / 14) as decimal(24, 6))) as double) as weight
    from sessions_before as past
    inner join session_intents as given on past.known_session_id = given.session_id
    inner join allowed_intents on given.intent_id = allowed_intents.intent_id
    group by all
),

intent_shares as (
    select
        *,
        weight / nullif(sum(weight) over (partition by session_id, impression_id, channel), 0) as share
    from intents_before
),

group_shares as (
    select session_id, impression_id, channel, intent_l1, cast(sum(cast(share as decimal(24, 6))) as double) as share
    from intent_shares
    group by 1, 2, 3, 4
),

leaf_maps as (
    select
        session_id,
        impression_id,
        case when count_if(share > 0 and channel = 'app') > 0 then
        '{' || listagg(
            case when share > 0 and channel = 'app' then to_json(to_variant(intent_id)) || ':' || regexp_replace(cast(cast(round(share, 6) as decimal(38, 6)) as varchar), '0{1,5}$', '') end, ','
        ) within group (order by intent_id) || '}'
    end as app_intent_shares,
        case when count_if(share > 0 and channel = 'web') > 0 then
        '{' || listagg(
            case when share > 0 and channel = 'web' then to_json(to_variant(intent_id)) || ':' || regexp_replace(cast(cast(round(share, 6) as decimal(38, 6)) as varchar), '0{1,5}$', '') end, ','
        ) within group (order by intent_id) || '}'
    end as web_intent_shares
    from intent_shares
    group by 1, 2
),

group_maps as (
    select
        session_id,
        impression_id,
        case when count_if(share > 0 and channel = 'app') > 0 then
        '{' || listagg(
            case when share > 0 and channel = 'app' then to_json(to_variant(intent_l1)) || ':' || regexp_replace(cast(cast(round(share, 6) as decimal(38, 6)) as varchar), '0{1,5}$', '') end, ','
        ) within group (order by intent_l1) || '}'
    end as app_intent_l1_shares,
        case when count_if(share > 0 and channel = 'web') > 0 then
        '{' || listagg(
            case when share > 0 and channel = 'web' then to_json(to_variant(intent_l1)) || ':' || regexp_replace(cast(cast(round(share, 6) as decimal(38, 6)) as varchar), '0{1,5}$', '') end, ','
        ) within group (order by intent_l1) || '}'
    end as web_intent_l1_shares
    from group_shares
    group by 1, 2
),

intent_sessions as (
    select
        past.session_id,
        past.impression_id,
        count(distinct case when past.channel = 'app' then past.known_session_id end) as app_intent_session_count,
        count(distinct case when past.channel = 'web' then past.known_session_id end) as web_intent_session_count
    from sessions_before as past
    inner join session_intents as given on past.known_session_id = given.session_id
    inner join allowed_intents on given.intent_id = allowed_intents.intent_id
    group by 1, 2
),

intents_before_showings as (
    select
        leaf_maps.*,
        group_maps.* exclude (session_id, impression_id),
        intent_sessions.* exclude (session_id, impression_id)
    from leaf_maps
    inner join group_maps on leaf_maps.session_id = group_maps.session_id and leaf_maps.impression_id = group_maps.impression_id
    inner join intent_sessions
        on leaf_maps.session_id = intent_sessions.session_id and leaf_maps.impression_id = intent_sessions.impression_id
),

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
        and earlier.shown_at >=

    dateadd(
        second,
        -7776000,
        tile_impressions.shown_at
        )

    group by 1, 2, 3
),

vectors as (
    -- an open end as a time: a join with `or` would compare everything with everything
    select *, coalesce(valid_to, timestamp '9999-12-31') as held_until from CLICKINTENT.ANALYTICS.eval_customer_embeddings as given_vectors
),

running as (
    select * from running_embeddings as given_prefixes
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
        (dayofweekiso(tile_impressions.shown_at) - 1) as shown_weekday,
        coalesce(tiles_before.tile_shown_count, 0) as tile_shown_count,
        coalesce(tiles_before.tile_click_count, 0) as tile_click_count,

        coalesce(known.app_recent_session_count, 0) as app_session_count,
        known.days_since_app_session,
        coalesce(pages.app_event_count, 0) as app_event_count,
        pages.app_page_counts,
        coalesce(intents.app_intent_session_count, 0) as app_intent_session_count,
        intents.app_intent_shares,
        intents.app_intent_l1_shares,

        coalesce(known.web_recent_session_count, 0) as web_session_count,
        known.days_since_web_session,
        coalesce(pages.web_event_count, 0) as web_event_count,
        pages.web_page_counts,
        coalesce(intents.web_intent_session_count, 0) as web_intent_session_count,
        intents.web_intent_shares,
        intents.web_intent_l1_shares,
        cast(null as TEXT)
            as sensitive_intents_for,
        cast(vectors.embedding as vector(float, 64)) as embedding,
        cast(vectors.web_embedding as vector(float, 64)) as web_embedding,
        cast(vectors.app_embedding as vector(float, 64)) as app_embedding,
        coalesce(vectors.web_session_count, 0) as web_embedded_count,
        coalesce(vectors.app_session_count, 0) as app_embedded_count,
        vectors.valid_from as embedding_valid_from,
        vectors.encoder_version,
        coalesce(running.event_count, 0) as running_event_count,
        cast(running.embedding as vector(float, 64)) as running_embedding
    from tile_impressions
    left join propensities
        on cast(tile_impressions.shown_at as date) = propensities.day and tile_impressions.position = propensities.position
    left join tiles_before
        on tile_impressions.session_id = tiles_before.session_id
        and tile_impressions.impression_id = tiles_before.impression_id
        and tile_impressions.tile_id = tiles_before.tile_id
    left join known_before_showings as known
        on tile_impressions.session_id = known.session_id and tile_impressions.impression_id = known.impression_id
    left join pages_before_showings as pages
        on tile_impressions.session_id = pages.session_id and tile_impressions.impression_id = pages.impression_id
    left join intents_before_showings as intents
        on tile_impressions.session_id = intents.session_id and tile_impressions.impression_id = intents.impression_id
    left join vectors
        on tile_impressions.customer_id = vectors.customer_id
        and tile_impressions.shown_at >= vectors.valid_from
        and tile_impressions.shown_at < vectors.held_until
    left join running
        on tile_impressions.session_id = running.session_id
        and tile_impressions.impression_id = running.impression_id
),

split as (
    select * from CLICKINTENT.ANALYTICS.eval_split
),

sessions as (
    select session_id, person, fold, is_before_split from CLICKINTENT.ANALYTICS.eval_sessions
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
    )

;
alter session unset query_tag
;
