alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.stg_events
    copy grants

    as (select * from (

with arrived as (
    select * from CLICKINTENT.ANALYTICS.source_events as arrivals -- noqa: AL05
    where
        verdict = 'accepted'

),

-- of rows with one id the first loaded wins; the content decides between rows of one load
new_events as (
    select *
    from arrived
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
        )
        order by (
            to_date(event_at)
        )
    )
;

alter table CLICKINTENT.ANALYTICS.stg_events cluster by (to_date(event_at))
;
drop table if exists CLICKINTENT.ANALYTICS.stg_events__dbt_tmp cascade
;
alter session unset query_tag
;
