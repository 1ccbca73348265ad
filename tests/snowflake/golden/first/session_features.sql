alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.session_features
    copy grants

    as (select * from (

with
stale as (
    select * from CLICKINTENT.ANALYTICS.sessions
),

placed as (
    select * from CLICKINTENT.ANALYTICS.placed_events
),

gone as (
    select session_id, started_at from stale where 1 = 0
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
        )
        order by (
            to_date(started_at)
        )
    )
;

alter table CLICKINTENT.ANALYTICS.session_features cluster by (to_date(started_at))
;
drop table if exists CLICKINTENT.ANALYTICS.session_features__dbt_tmp cascade
;
alter session unset query_tag
;
