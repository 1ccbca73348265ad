select case when
            (select cast(sum(hash(content_hash)) as decimal(38, 0)) from CLICKINTENT.ANALYTICS.sessions)
            is distinct from (select cast(sum(hash(content_hash)) as decimal(38, 0)) from CLICKINTENT.ANALYTICS.session_sequences)
            then 1 else 0 end as is_changed
;
select coalesce(ours.day, theirs.day) as day
        from (
            select cast(started_at as date) as day, cast(sum(hash(content_hash)) as decimal(38, 0)) as digest
            from CLICKINTENT.ANALYTICS.sessions
            group by 1
        ) as ours
        full join (
            select cast(started_at as date) as day, cast(sum(hash(content_hash)) as decimal(38, 0)) as digest
            from CLICKINTENT.ANALYTICS.session_sequences
            group by 1
        ) as theirs on ours.day = theirs.day
        where ours.digest is distinct from theirs.digest
;
alter session set query_tag = 'clickintent'
;
create or replace temporary table CLICKINTENT.ANALYTICS.session_sequences__dbt_tmp
as (

with
present as (
    select * from CLICKINTENT.ANALYTICS.sessions
    where started_at >= timestamp '2026-06-01'
    and started_at < timestamp '2026-06-02'
    and cast(started_at as date) in (date '2026-06-01')
),

held as (
    select session_id, started_at, content_hash from CLICKINTENT.ANALYTICS.session_sequences
    where started_at >= timestamp '2026-06-01'
    and started_at < timestamp '2026-06-02'
    and cast(started_at as date) in (date '2026-06-01')
),

stale as (
    select present.* from present
    where not exists (
        select 1 from held
        where
            held.session_id = present.session_id
            and held.started_at = present.started_at
            and held.content_hash = present.content_hash
    )
),

placed as (
    select placed_events.* from CLICKINTENT.ANALYTICS.placed_events as placed_events
    where
        placed_events.session_started_at >= timestamp '2026-06-01'
    and placed_events.session_started_at < timestamp '2026-06-02'
    and cast(placed_events.session_started_at as date) in (date '2026-06-01')
        -- not `exists`, for which DuckDB first takes the events apart by session
        and placed_events.session_id in (select session_id from stale)
),

gone as (
    select held.session_id, held.started_at from held
    where not exists (
        select 1 from present where present.session_id = held.session_id and present.started_at = held.started_at
    )
),

last_events as (
    select
        placed.session_id,
        placed.event_index,
        coalesce(pages.page_key, '') as page_key,
        placed.event_type,
        case when placed.dwell_seconds > 1800 then 1800 else placed.dwell_seconds end as dwell_seconds,
        placed.seconds_since_previous as gap_seconds,
        hour(placed.event_time) as hour_of_day,
        (dayofweekiso(placed.event_time) - 1) as week_day,
        placed.event_value
    from placed
    left join CLICKINTENT.ANALYTICS.pages as pages on placed.page_hash = pages.page_hash
    qualify row_number() over (partition by placed.session_id order by placed.event_index desc nulls last) <= 64
),

listed as (
    select
        session_id,
        array_agg(coalesce(to_variant(page_key), parse_json('null'))) within group (order by event_index) as page_keys,
        array_agg(coalesce(to_variant(event_type), parse_json('null'))) within group (order by event_index) as event_types,
        array_agg(coalesce(to_variant(dwell_seconds), parse_json('null'))) within group (order by event_index) as dwell_seconds,
        array_agg(coalesce(to_variant(gap_seconds), parse_json('null'))) within group (order by event_index) as gap_seconds,
        array_agg(coalesce(to_variant(hour_of_day), parse_json('null'))) within group (order by event_index) as hours,
        array_agg(coalesce(to_variant(week_day), parse_json('null'))) within group (order by event_index) as weekdays,
        array_agg(coalesce(to_variant(event_value), parse_json('null'))) within group (order by event_index) as event_values
    from last_events
    group by session_id
),

sequences as (
    select stale.*, listed.* exclude (session_id)
    from listed
    inner join stale on listed.session_id = stale.session_id
),

final as (
    select
        session_id,
        source,
        site_id,
        channel,
        visitor_id,
        device_type,
        referrer_medium,
        started_at,
        page_keys,
        event_types,
        dwell_seconds,
        gap_seconds,
        hours,
        weekdays,
        event_values,
        greatest(event_count - 64, 0) as truncated_count,
        is_bot,
        content_hash
    from sequences
)

select * from final
    union all by name
    select session_id, started_at from gone
    )

;
select cast(min(started_at) as date) as first_day, cast(max(started_at) as date) as last_day from CLICKINTENT.ANALYTICS.session_sequences__dbt_tmp
;
begin;
    delete from CLICKINTENT.ANALYTICS.session_sequences as held using CLICKINTENT.ANALYTICS.session_sequences__dbt_tmp as changes
    where held.session_id = changes.session_id and held.started_at = changes.started_at and held.started_at >= timestamp '2026-06-01' and held.started_at < timestamp '2026-06-04';

    insert into CLICKINTENT.ANALYTICS.session_sequences ("SESSION_ID", "SOURCE", "SITE_ID", "CHANNEL", "VISITOR_ID", "DEVICE_TYPE", "REFERRER_MEDIUM", "STARTED_AT", "PAGE_KEYS", "EVENT_TYPES", "DWELL_SECONDS", "GAP_SECONDS", "HOURS", "WEEKDAYS", "EVENT_VALUES", "TRUNCATED_COUNT", "IS_BOT", "CONTENT_HASH")
    select "SESSION_ID", "SOURCE", "SITE_ID", "CHANNEL", "VISITOR_ID", "DEVICE_TYPE", "REFERRER_MEDIUM", "STARTED_AT", "PAGE_KEYS", "EVENT_TYPES", "DWELL_SECONDS", "GAP_SECONDS", "HOURS", "WEEKDAYS", "EVENT_VALUES", "TRUNCATED_COUNT", "IS_BOT", "CONTENT_HASH" from CLICKINTENT.ANALYTICS.session_sequences__dbt_tmp where content_hash is not null;
    commit
;
drop table if exists CLICKINTENT.ANALYTICS.session_sequences__dbt_tmp cascade
;
alter session unset query_tag
;
