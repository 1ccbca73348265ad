alter session set query_tag = 'clickintent'
;
create or replace temporary table CLICKINTENT.ANALYTICS.stg_events__dbt_tmp
as (

with arrived as (
    select * from CLICKINTENT.ANALYTICS.source_events as arrivals -- noqa: AL05
    where
        verdict = 'accepted'

        and is_to_read

),

-- first, so that a build which reads much that is known compares little
unknown as (
    select arrived.*, known.event_id as known_id, known.event_at as known_at
    from arrived
    left join CLICKINTENT.ANALYTICS.stg_events as known on arrived.event_id = known.event_id
    where known.event_id is null or (
        arrived.loaded_at < known.loaded_at
        or arrived.loaded_at = known.loaded_at and (
            arrived.content_hash < known.content_hash
            or arrived.content_hash = known.content_hash and (
                known.load_batch is null
                or arrived.load_batch < known.load_batch
                or arrived.load_batch = known.load_batch and (
                    arrived.has_load_time and not known.has_load_time
                )
            )
        )
    )
),

-- rows that make way for one that was loaded before them
gone as (
    select distinct known_id as event_id, known_at as event_at from unknown
    where known_id is not null
),

-- of rows with one id the first loaded wins; the content decides between rows of one load
new_events as (
    select *
    from unknown
    qualify row_number() over (partition by event_id order by loaded_at, content_hash, load_batch, has_load_time desc nulls last) = 1
),

final as (
    select
        event_id,
        event_at,
        loaded_at,
        has_load_time,
        source,
        site_id,
        channel,
        visitor_id,
        customer_id,
        event_type,
        page_url,
        page_key,
        page_title,
        referrer_url,
        referrer_medium,
        utm_source,
        utm_medium,
        utm_campaign,
        device_type,
        user_agent,
        language,
        has_consent,
        is_internal,
        event_value,
        engaged_seconds,
        cast(properties as varchar) as properties,
        load_batch,
        content_hash
    from new_events
)

select * from final
    union all by name
    select event_id, event_at from gone
    )

;
select cast(min(event_at) as date) as first_day, cast(max(event_at) as date) as last_day from CLICKINTENT.ANALYTICS.stg_events__dbt_tmp
;
begin;
    delete from CLICKINTENT.ANALYTICS.stg_events as held using CLICKINTENT.ANALYTICS.stg_events__dbt_tmp as changes
    where held.event_id = changes.event_id and held.event_at = changes.event_at and held.event_at >= timestamp '2026-06-01' and held.event_at < timestamp '2026-06-04';

    insert into CLICKINTENT.ANALYTICS.stg_events ("EVENT_ID", "EVENT_AT", "LOADED_AT", "HAS_LOAD_TIME", "SOURCE", "SITE_ID", "CHANNEL", "VISITOR_ID", "CUSTOMER_ID", "EVENT_TYPE", "PAGE_URL", "PAGE_KEY", "PAGE_TITLE", "REFERRER_URL", "REFERRER_MEDIUM", "UTM_SOURCE", "UTM_MEDIUM", "UTM_CAMPAIGN", "DEVICE_TYPE", "USER_AGENT", "LANGUAGE", "HAS_CONSENT", "IS_INTERNAL", "EVENT_VALUE", "ENGAGED_SECONDS", "PROPERTIES", "LOAD_BATCH", "CONTENT_HASH")
    select "EVENT_ID", "EVENT_AT", "LOADED_AT", "HAS_LOAD_TIME", "SOURCE", "SITE_ID", "CHANNEL", "VISITOR_ID", "CUSTOMER_ID", "EVENT_TYPE", "PAGE_URL", "PAGE_KEY", "PAGE_TITLE", "REFERRER_URL", "REFERRER_MEDIUM", "UTM_SOURCE", "UTM_MEDIUM", "UTM_CAMPAIGN", "DEVICE_TYPE", "USER_AGENT", "LANGUAGE", "HAS_CONSENT", "IS_INTERNAL", "EVENT_VALUE", "ENGAGED_SECONDS", "PROPERTIES", "LOAD_BATCH", "CONTENT_HASH" from CLICKINTENT.ANALYTICS.stg_events__dbt_tmp where content_hash is not null;
    commit
;
drop table if exists CLICKINTENT.ANALYTICS.stg_events__dbt_tmp cascade
;
alter session unset query_tag
;
