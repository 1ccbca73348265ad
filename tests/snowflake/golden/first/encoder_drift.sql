alter session set query_tag = 'clickintent'
;
create or replace   view CLICKINTENT.ANALYTICS.encoder_drift

  copy grants

  as (

-- Reported, never acted on: nothing reads it but a person, who may then say `clickintent train`.
-- Untrained weights have no period of training: no session is judged by them.
with encoders as (
    select version, trained_from, trained_to from CLICKINTENT.ANALYTICS.session_encoder
    where status = 'current'
),

sequences as (
    select * from CLICKINTENT.ANALYTICS.session_sequences
    where not is_bot
),

embeddings as (
    select * from CLICKINTENT.ANALYTICS.session_embedding_versions
),

pages as (
    select * from CLICKINTENT.ANALYTICS.pages
),

judged as (
    select
        sequences.session_id,
        sequences.channel,
        sequences.page_keys,
        sequences.started_at > encoders.trained_to as is_since,
        encoders.version as encoder_version,
        encoders.trained_to
    from sequences
    inner join encoders on sequences.started_at >= encoders.trained_from
),

judged_since as (
    select channel, trained_to, page_keys from judged
    where is_since
),

viewed as (
    select
            listed.channel,
            listed.trained_to,
            cast(item.value as TEXT) as page_key,
            item.index + 1 as place
        from judged_since as listed
        cross join lateral flatten(input => listed.page_keys) as item
),

-- counted by page before the pages are looked up
page_events as (
    select channel, page_key, trained_to, count(*) as event_count
    from viewed
    group by 1, 2, 3
),

new_pages as (
    select
        coalesce(page_events.channel, 'all') as channel,
        sum(page_events.event_count) as page_event_count,
        sum(case when pages.first_seen_at > page_events.trained_to then page_events.event_count else 0 end)
            as new_page_event_count
    from page_events
    inner join pages on page_events.page_key = pages.page_key
    group by rollup(page_events.channel)
),

means as (
    select
        judged.is_since,
        coalesce(judged.channel, 'all') as channel,
        count(*) as session_count,
        vector_avg(cast(embeddings.embedding as vector(float, 64))) as mean
    from judged
    inner join embeddings
        on judged.session_id = embeddings.session_id and judged.encoder_version = embeddings.encoder_version
    -- the row of both sides together has no `is_since`, and is asked for nowhere
    group by rollup(judged.is_since, judged.channel)
),

since as (
    select * from means
    where is_since
),

-- unit vectors lie sqrt(1 - |mean|^2) from their mean, in the root of the mean of squares
trained as (
    select channel, mean, sqrt(greatest(1 - vector_inner_product(mean, mean), 0)) as spread
    from means
    where not is_since
),

final as (
    select
        encoders.version as encoder_version,
        coalesce(trained.channel, since.channel) as channel,
        encoders.trained_to,
        coalesce(since.session_count, 0) as session_count,
        coalesce(new_pages.page_event_count, 0) as page_event_count,
        round(cast(new_pages.new_page_event_count as double) / nullif(new_pages.page_event_count, 0), 4) as new_page_event_share,
        round(vector_l2_distance(since.mean, trained.mean) / nullif(trained.spread, 0), 4) as embedding_shift
    from trained
    full join since on trained.channel = since.channel
    cross join encoders
    left join new_pages on since.channel = new_pages.channel
)

select * from final
  )
;
alter session unset query_tag
;
