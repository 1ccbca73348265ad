alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.eval_split
    copy grants

    as (

with events as (
    select min(event_at) as first_at, max(event_at) as last_at from CLICKINTENT.ANALYTICS.stg_events
),

chosen as (
    select
        first_at,
        last_at,
        -- as long a time of moments on both sides: each side loses a horizon at its end; a cast alone rounds halves in more ways than one
        date_trunc('second',

    dateadd(
        second,
        cast(floor((cast(date_part(epoch_microsecond, last_at) - date_part(epoch_microsecond, first_at) as double) / 1000000) / 2 + 0.5) as integer),
        first_at
        )

) as split_at
    from events
    where first_at is not null
),

final as (
    select
        'history' as task,
        split_at,
        cast(14 as double) as horizon_days,
        first_at as train_from,

    dateadd(
        second,
        -1209600,
        split_at
        )

 as train_to,
        split_at as test_from,

    dateadd(
        second,
        -1209600,
        last_at
        )

 as test_to
    from chosen
)

select * from final
    )

;
alter session unset query_tag
;
