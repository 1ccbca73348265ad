{{ config(
    materialized='incremental',
    incremental_strategy='apply_changes',
    unique_key=['session_id', 'started_at'],
    on_schema_change='append_new_columns'
) }}

with {{ clickintent.stale_sessions() }},

pages as (
    select page_hash, page_group from {{ ref('pages') }}
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
        {{ clickintent.exact_sum('dwell_seconds') }} as dwell_seconds_total,
        median(dwell_seconds) as dwell_seconds_median,
        max(dwell_seconds) as dwell_seconds_max,
        {{ clickintent.exact_sum('seconds_since_previous') }} / nullif(count(seconds_since_previous), 0) as gap_seconds_mean,
        min_by(page_group, event_index) as entry_page_group,
        max_by(page_group, event_index) as exit_page_group
    from events
    group by 1
),

page_groups as (
    select
        session_id,
        {{ clickintent.json_map('page_group', 'event_count') }} as page_group_counts
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
        {{ clickintent.week_day('stale.started_at') }} as started_weekday,
        stale.content_hash
    from stale
    inner join counted on stale.session_id = counted.session_id
    inner join page_groups on stale.session_id = page_groups.session_id
)

{{ clickintent.final_and_gone(['session_id', 'started_at']) }}
