select case when
            (select cast(sum(content_hash + coalesce(page_hash, 0) + date_part(epoch_microsecond, loaded_at) + case when is_capped then 1 else 0 end) as decimal(38, 0)) from CLICKINTENT.ANALYTICS.placed_events)
            is distinct from (select cast(sum(events_digest) as decimal(38, 0)) from CLICKINTENT.ANALYTICS.sessions)
            then 1 else 0 end as is_changed
;
select coalesce(ours.day, theirs.day) as day
        from (
            select cast(session_started_at as date) as day, cast(sum(content_hash + coalesce(page_hash, 0) + date_part(epoch_microsecond, loaded_at) + case when is_capped then 1 else 0 end) as decimal(38, 0)) as digest
            from CLICKINTENT.ANALYTICS.placed_events
            group by 1
        ) as ours
        full join (
            select cast(started_at as date) as day, cast(sum(events_digest) as decimal(38, 0)) as digest
            from CLICKINTENT.ANALYTICS.sessions
            group by 1
        ) as theirs on ours.day = theirs.day
        where ours.digest is distinct from theirs.digest
;
alter session set query_tag = 'clickintent'
;
create or replace temporary table CLICKINTENT.ANALYTICS.sessions__dbt_tmp
as (

with events as (
    select * from CLICKINTENT.ANALYTICS.stg_events
    where event_at >= timestamp '2026-06-01'
    and event_at < timestamp '2026-06-02'
    and cast(event_at as date) in (date '2026-06-01')
),

page_view_types as (
    select event_type from CLICKINTENT.ANALYTICS.event_types where is_page_view
),

pages as (
    select page_hash, page_key from CLICKINTENT.ANALYTICS.pages
),

placed as (
    select
        placed_events.*,
        page_view_types.event_type is not null as is_page_view,
        cast(placed_events.seconds_since_previous * 1000 as bigint) as gap_milliseconds
    from CLICKINTENT.ANALYTICS.placed_events as placed_events
    left join page_view_types on placed_events.event_type = page_view_types.event_type
    where placed_events.session_started_at >= timestamp '2026-06-01'
    and placed_events.session_started_at < timestamp '2026-06-02'
    and cast(placed_events.session_started_at as date) in (date '2026-06-01')
),

summarized as (
    select
        session_id,
        max(case when is_entry then content_hash end) as entry_hash,
        min(session_started_at) as started_at,
        max(event_time) as ended_at,
        count(*) as event_count,
        count(case when is_page_view then 1 end) as page_view_count,
        min_by(page_hash, case when page_hash is not null then event_index end) as entry_page_hash,
        max_by(page_hash, case when page_hash is not null then event_index end) as exit_page_hash,
        min_by(customer_id, case when customer_id is not null then event_index end) as customer_id,
        count(customer_id) as identified_count,
        min(case when customer_id is not null then event_time end) as identified_at,
        min(case when customer_id is not null then event_index end) as identified_index,
        min_by(utm_source, case when utm_source is not null then event_index end) as utm_source,
        min_by(utm_medium, case when utm_medium is not null then event_index end) as utm_medium,
        min_by(utm_campaign, case when utm_campaign is not null then event_index end) as utm_campaign,
        min_by(device_type, case when device_type is not null then event_index end) as device_type,
        cast(sum(cast(engaged_seconds as decimal(24, 6))) as double) as engaged_seconds,
        max(case when is_bot_agent then 1 else 0 end) = 1 as has_bot_agent,
        count(case when gap_milliseconds < 1000 then 1 end) as short_gap_count,
        -- in whole numbers, so that the sums do not depend on the order of their rows
        sum(gap_milliseconds) as gap_sum,
        sum(gap_milliseconds * gap_milliseconds) as gap_square_sum,
        max(case when is_capped then 1 else 0 end) = 1 as is_capped,
        min_by(conversion_type, case when conversion_type is not null then event_index end) as conversion_type,
        min_by(event_value, case when conversion_type is not null and event_value is not null then event_index end) as conversion_value,
        min(case when conversion_type is not null then event_time end) as converted_at,
        count(conversion_type) as conversion_count,
        -- A sum, so that no order has to be made: the events and their places in it follow from what they are.
        cast(cast(sum(content_hash + coalesce(page_hash, 0)) as decimal(38, 0)) as TEXT) as content_hash,
        cast(sum(content_hash + coalesce(page_hash, 0) + date_part(epoch_microsecond, loaded_at) + case when is_capped then 1 else 0 end) as decimal(38, 0)) as events_digest,
        max(loaded_at) as updated_at
    from placed
    group by 1
),

held as (
    select session_id, started_at, events_digest from CLICKINTENT.ANALYTICS.sessions
    where started_at >= timestamp '2026-06-01'
    and started_at < timestamp '2026-06-02'
    and cast(started_at as date) in (date '2026-06-01')
),

gone as (
    select session_id, started_at from held
    where not exists (
        select 1 from summarized
        where summarized.session_id = held.session_id and summarized.started_at = held.started_at
    )
),

changed as (
    select summarized.*
    from summarized
    where not exists (
        select 1 from held
        where
            held.session_id = summarized.session_id
            and held.started_at = summarized.started_at
            and held.events_digest = summarized.events_digest
    )
),

judged as (
    select
        *,
        event_count - 1 as gap_count,
        cast(gap_sum as double) / nullif(event_count - 1, 0) as gap_mean,
        cast(gap_square_sum as double) / nullif(event_count - 1, 0) as gap_square_mean
    from changed
),

final as (
    select
        judged.session_id,
        -- of the first event; by number and time, which no two events share
        events.source,
        events.site_id,
        events.channel,
        events.visitor_id,
        judged.customer_id,
        case
            when judged.identified_count = 0 then 'anonymous'
            when judged.identified_count = judged.event_count then 'authenticated'
            else 'mixed'
        end as auth_state,
        -- who starts signed in, and signs out, did not log in here
        case when judged.identified_index > 1 then judged.identified_at end as login_at,
        judged.started_at,
        judged.ended_at,
        (cast(date_part(epoch_microsecond, judged.ended_at) - date_part(epoch_microsecond, judged.started_at) as double) / 1000000) as duration_seconds,
        judged.engaged_seconds,
        judged.event_count,
        judged.page_view_count,
        entry_pages.page_key as entry_page,
        exit_pages.page_key as exit_page,
        events.referrer_medium,
        judged.utm_source,
        judged.utm_medium,
        judged.utm_campaign,
        judged.device_type,
        judged.is_capped,
        case
            when judged.has_bot_agent then 'user_agent'
            -- nobody reads thirty pages with half of them under a second
            when judged.event_count >= 30 and judged.short_gap_count * 2 > judged.gap_count then 'rate'
            -- nor keeps to a clock: gaps that stray from their mean by less than a twentieth of it
            when judged.event_count >= 30 and judged.gap_square_mean - judged.gap_mean * judged.gap_mean < power(0.05 * judged.gap_mean, 2)
                then 'regularity'
        end as bot_reason,
        bot_reason is not null as is_bot,
        judged.conversion_count > 0 as is_converted,
        judged.conversion_type,
        judged.conversion_value,
        judged.conversion_count,
        judged.converted_at,
        judged.content_hash,
        judged.events_digest,
        judged.updated_at
    from judged
    inner join events on judged.started_at = events.event_at and judged.entry_hash = events.content_hash
    left join pages as entry_pages on judged.entry_page_hash = entry_pages.page_hash
    left join pages as exit_pages on judged.exit_page_hash = exit_pages.page_hash
)

select * from final
    union all by name
    select session_id, started_at from gone
    )

;
select cast(min(started_at) as date) as first_day, cast(max(started_at) as date) as last_day from CLICKINTENT.ANALYTICS.sessions__dbt_tmp
;
begin;
    delete from CLICKINTENT.ANALYTICS.sessions as held using CLICKINTENT.ANALYTICS.sessions__dbt_tmp as changes
    where held.session_id = changes.session_id and held.started_at = changes.started_at and held.started_at >= timestamp '2026-06-01' and held.started_at < timestamp '2026-06-04';

    insert into CLICKINTENT.ANALYTICS.sessions ("SESSION_ID", "SOURCE", "SITE_ID", "CHANNEL", "VISITOR_ID", "CUSTOMER_ID", "AUTH_STATE", "LOGIN_AT", "STARTED_AT", "ENDED_AT", "DURATION_SECONDS", "ENGAGED_SECONDS", "EVENT_COUNT", "PAGE_VIEW_COUNT", "ENTRY_PAGE", "EXIT_PAGE", "REFERRER_MEDIUM", "UTM_SOURCE", "UTM_MEDIUM", "UTM_CAMPAIGN", "DEVICE_TYPE", "IS_CAPPED", "IS_BOT", "BOT_REASON", "IS_CONVERTED", "CONVERSION_TYPE", "CONVERSION_VALUE", "CONVERSION_COUNT", "CONVERTED_AT", "CONTENT_HASH", "EVENTS_DIGEST", "UPDATED_AT")
    select "SESSION_ID", "SOURCE", "SITE_ID", "CHANNEL", "VISITOR_ID", "CUSTOMER_ID", "AUTH_STATE", "LOGIN_AT", "STARTED_AT", "ENDED_AT", "DURATION_SECONDS", "ENGAGED_SECONDS", "EVENT_COUNT", "PAGE_VIEW_COUNT", "ENTRY_PAGE", "EXIT_PAGE", "REFERRER_MEDIUM", "UTM_SOURCE", "UTM_MEDIUM", "UTM_CAMPAIGN", "DEVICE_TYPE", "IS_CAPPED", "IS_BOT", "BOT_REASON", "IS_CONVERTED", "CONVERSION_TYPE", "CONVERSION_VALUE", "CONVERSION_COUNT", "CONVERTED_AT", "CONTENT_HASH", "EVENTS_DIGEST", "UPDATED_AT" from CLICKINTENT.ANALYTICS.sessions__dbt_tmp where content_hash is not null;
    commit
;
drop table if exists CLICKINTENT.ANALYTICS.sessions__dbt_tmp cascade
;
alter session unset query_tag
;
