select case when
            (select cast(sum(hash(content_hash)) as decimal(38, 0)) from CLICKINTENT.ANALYTICS.sessions)
            is distinct from (select cast(sum(hash(content_hash)) as decimal(38, 0)) from CLICKINTENT.ANALYTICS.session_features)
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
            from CLICKINTENT.ANALYTICS.session_features
            group by 1
        ) as theirs on ours.day = theirs.day
        where ours.digest is distinct from theirs.digest
;
alter session set query_tag = 'clickintent'
;
create or replace temporary table CLICKINTENT.ANALYTICS.session_features__dbt_tmp
as (

with
present as (
    select * from CLICKINTENT.ANALYTICS.sessions
    where started_at >= timestamp '2026-06-01'
    and started_at < timestamp '2026-06-02'
    and cast(started_at as date) in (date '2026-06-01')
),

held as (
    select session_id, started_at, content_hash from CLICKINTENT.ANALYTICS.session_features
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

pages as (
    select page_hash, page_group from CLICKINTENT.ANALYTICS.pages
),

events as (
    select
        placed.session_id,
        placed.event_index,
        placed.dwell_seconds,
        placed.seconds_since_previous,
        placed.event_type,
        placed.page_hash,
        coalesce(pages.page_group, 'none') as page_group
    from placed
    left join pages on placed.page_hash = pages.page_hash
),

counted as (
    select
        session_id,
        count(distinct page_hash) as distinct_page_count,
        count(distinct case when page_hash is not null then page_group end) as distinct_page_group_count,
        count(distinct event_type) as distinct_event_type_count,
        count(case when event_type = 'click' then 1 end) as click_count,
        count(case when event_type = 'search' then 1 end) as search_count,
        count(case when event_type = 'form_start' then 1 end) as form_start_count,
        count(case when event_type = 'login' then 1 end) as login_count,
        cast(sum(cast(dwell_seconds as decimal(24, 6))) as double) as dwell_seconds_total,
        median(dwell_seconds) as dwell_seconds_median,
        max(dwell_seconds) as dwell_seconds_max,
        cast(sum(cast(seconds_since_previous as decimal(24, 6))) as double) / nullif(count(seconds_since_previous), 0) as gap_seconds_mean,
        min_by(page_group, event_index) as entry_page_group,
        max_by(page_group, event_index) as exit_page_group
    from events
    group by 1
),

page_groups as (
    select
        session_id,
        case when count_if(true) > 0 then
        '{' || listagg(
            case when true then to_json(to_variant(page_group)) || ':' || cast(event_count as varchar) end, ','
        ) within group (order by page_group) || '}'
    end as page_group_counts
    from (
        select session_id, page_group, count(*) as event_count
        from events
        group by session_id, page_group
    ) as counted_groups
    group by 1
),

final as (
    select
        stale.session_id,
        stale.channel,
        stale.event_count,
        stale.page_view_count,
        cast(stale.page_view_count as double) / stale.event_count as page_view_share,
        stale.duration_seconds,
        counted.* exclude (session_id),
        page_groups.page_group_counts,
        stale.started_at,
        hour(stale.started_at) as started_hour,
        (dayofweekiso(stale.started_at) - 1) as started_weekday,
        stale.content_hash
    from stale
    inner join counted on stale.session_id = counted.session_id
    inner join page_groups on stale.session_id = page_groups.session_id
)

select * from final
    union all by name
    select session_id, started_at from gone
    )

;
select cast(min(started_at) as date) as first_day, cast(max(started_at) as date) as last_day from CLICKINTENT.ANALYTICS.session_features__dbt_tmp
;
begin;
    delete from CLICKINTENT.ANALYTICS.session_features as held using CLICKINTENT.ANALYTICS.session_features__dbt_tmp as changes
    where held.session_id = changes.session_id and held.started_at = changes.started_at and held.started_at >= timestamp '2026-06-01' and held.started_at < timestamp '2026-06-04';

    insert into CLICKINTENT.ANALYTICS.session_features ("SESSION_ID", "CHANNEL", "EVENT_COUNT", "PAGE_VIEW_COUNT", "PAGE_VIEW_SHARE", "DURATION_SECONDS", "DISTINCT_PAGE_COUNT", "DISTINCT_PAGE_GROUP_COUNT", "DISTINCT_EVENT_TYPE_COUNT", "CLICK_COUNT", "SEARCH_COUNT", "FORM_START_COUNT", "LOGIN_COUNT", "DWELL_SECONDS_TOTAL", "DWELL_SECONDS_MEDIAN", "DWELL_SECONDS_MAX", "GAP_SECONDS_MEAN", "ENTRY_PAGE_GROUP", "EXIT_PAGE_GROUP", "PAGE_GROUP_COUNTS", "STARTED_AT", "STARTED_HOUR", "STARTED_WEEKDAY", "CONTENT_HASH")
    select "SESSION_ID", "CHANNEL", "EVENT_COUNT", "PAGE_VIEW_COUNT", "PAGE_VIEW_SHARE", "DURATION_SECONDS", "DISTINCT_PAGE_COUNT", "DISTINCT_PAGE_GROUP_COUNT", "DISTINCT_EVENT_TYPE_COUNT", "CLICK_COUNT", "SEARCH_COUNT", "FORM_START_COUNT", "LOGIN_COUNT", "DWELL_SECONDS_TOTAL", "DWELL_SECONDS_MEDIAN", "DWELL_SECONDS_MAX", "GAP_SECONDS_MEAN", "ENTRY_PAGE_GROUP", "EXIT_PAGE_GROUP", "PAGE_GROUP_COUNTS", "STARTED_AT", "STARTED_HOUR", "STARTED_WEEKDAY", "CONTENT_HASH" from CLICKINTENT.ANALYTICS.session_features__dbt_tmp where content_hash is not null;
    commit
;
drop table if exists CLICKINTENT.ANALYTICS.session_features__dbt_tmp cascade
;
alter session unset query_tag
;
