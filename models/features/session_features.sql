{{ config(
    materialized='incremental',
    unique_key='session_id',
    on_schema_change='append_new_columns',
    post_hook="{{ clickintent.delete_orphans(['session_id'], ref('sessions')) }}"
) }}

with sessions as (
    select * from {{ ref('sessions') }}
),

stale as (
    select sessions.*
    from sessions
    {{ clickintent.keep_stale('sessions') }}
),

events as (
    select
        session_events.session_id,
        session_events.event_index,
        session_events.dwell_seconds,
        session_events.seconds_since_previous,
        stg_events.event_type,
        stg_events.page_key,
        coalesce(pages.page_group, 'none') as page_group
    from {{ ref('session_events') }} as session_events
    inner join stale on session_events.session_id = stale.session_id
    inner join {{ ref('stg_events') }} as stg_events on session_events.event_id = stg_events.event_id
    left join {{ ref('pages') }} as pages on stg_events.page_key = pages.page_key
),

counted as (
    select
        session_id,
        count(distinct page_key) as distinct_page_count,
        count(distinct page_group) filter (where page_key is not null) as distinct_page_group_count,
        count(distinct event_type) as distinct_event_type_count,
        count(*) filter (where event_type = 'click') as click_count,
        count(*) filter (where event_type = 'search') as search_count,
        count(*) filter (where event_type = 'form_start') as form_start_count,
        count(*) filter (where event_type = 'login') as login_count,
        {{ clickintent.exact_sum('dwell_seconds') }} as dwell_seconds_total,
        median(dwell_seconds) as dwell_seconds_median,
        max(dwell_seconds) as dwell_seconds_max,
        {{ clickintent.exact_sum('seconds_since_previous') }} / nullif(count(seconds_since_previous), 0) as gap_seconds_mean,
        arg_min(page_group, event_index) as entry_page_group,
        arg_max(page_group, event_index) as exit_page_group
    from events
    group by 1
),

page_groups as (
    select
        session_id,
        cast(json_group_object(page_group, event_count) as varchar) as page_group_counts
    from (
        select session_id, page_group, count(*) as event_count
        from events
        group by all
        order by session_id, page_group
    ) as counted_groups
    group by 1
),

final as (
    select
        stale.session_id,
        stale.channel,
        stale.event_count,
        stale.page_view_count,
        stale.page_view_count / stale.event_count as page_view_share,
        stale.duration_seconds,
        counted.* exclude (session_id),
        page_groups.page_group_counts,
        hour(stale.started_at) as started_hour,
        isodow(stale.started_at) - 1 as started_weekday,
        stale.content_hash
    from stale
    inner join counted on stale.session_id = counted.session_id
    inner join page_groups on stale.session_id = page_groups.session_id
)

select * from final
