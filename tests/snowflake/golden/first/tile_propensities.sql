alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.tile_propensities
    copy grants

    as (with impressions as (
    select * from CLICKINTENT.ANALYTICS.tile_impressions
),

randomized as (
    select * from impressions
    where is_randomized and position is not null
),

-- each counts from the day after it was loaded
news as (
    select position, cast(greatest(loaded_at, shown_at) as date) as day, 1 as shown_count, 0 as click_count
    from randomized
    union all
    select position, cast(greatest(click_loaded_at, clicked_at) as date) as day, 0 as shown_count, 1 as click_count
    from randomized
    where is_clicked
),

daily as (
    select position, day, sum(shown_count) as shown_count, sum(click_count) as click_count
    from news
    group by position, day
),

days as (
    select distinct cast(shown_at as date) as day from impressions
),

positions as (
    select distinct position from randomized
),

so_far as (
    select
        days.day,
        positions.position,
        coalesce(sum(daily.shown_count), 0) as shown_count,
        coalesce(sum(daily.click_count), 0) as click_count
    from days
    cross join positions
    left join daily on positions.position = daily.position and days.day > daily.day
    group by days.day, positions.position
),

shares as (
    select
        *,
        -- of a few clicks it would be noise
        case when click_count >= 30 then cast(click_count as double) / shown_count end as click_share
    from so_far
),

final as (
    select
        day,
        position,
        cast(shown_count as bigint) as shown_count,
        cast(click_count as bigint) as click_count,
        click_share / first_value(click_share) over (
            partition by day order by position rows between unbounded preceding and current row
        ) as propensity
    from shares
)

select * from final
    )

;
alter session unset query_tag
;
