alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.clickintent_days
    copy grants

    as (

with human_sessions as (
    select min(session_day) as first_day, max(session_day) as last_day from CLICKINTENT.ANALYTICS.human_sessions
),

-- a century from 2000 on; unlike dbt.date_spine this asks the warehouse nothing while it is compiled
numbers as (

    with p as (
        select 0 as generated_number union all select 1
    ), unioned as (

    select

    p0.generated_number * power(2, 0)
     +

    p1.generated_number * power(2, 1)
     +

    p2.generated_number * power(2, 2)
     +

    p3.generated_number * power(2, 3)
     +

    p4.generated_number * power(2, 4)
     +

    p5.generated_number * power(2, 5)
     +

    p6.generated_number * power(2, 6)
     +

    p7.generated_number * power(2, 7)
     +

    p8.generated_number * power(2, 8)
     +

    p9.generated_number * power(2, 9)
     +

    p10.generated_number * power(2, 10)
     +

    p11.generated_number * power(2, 11)
     +

    p12.generated_number * power(2, 12)
     +

    p13.generated_number * power(2, 13)
     +

    p14.generated_number * power(2, 14)
     +

    p15.generated_number * power(2, 15)

    + 1
    as generated_number

    from

    p as p0
     cross join

    p as p1
     cross join

    p as p2
     cross join

    p as p3
     cross join

    p as p4
     cross join

    p as p5
     cross join

    p as p6
     cross join

    p as p7
     cross join

    p as p8
     cross join

    p as p9
     cross join

    p as p10
     cross join

    p as p11
     cross join

    p as p12
     cross join

    p as p13
     cross join

    p as p14
     cross join

    p as p15

    )

    select *
    from unioned
    where generated_number <= 36525
    order by generated_number

),

days as (
    select cast(

    dateadd(
        day,
        generated_number - 1,
        cast('2000-01-01' as date)
        )

 as date) as date_day
    from numbers
),

final as (
    select days.date_day
    from days
    inner join human_sessions on days.date_day between human_sessions.first_day and human_sessions.last_day
)

select * from final
    )

;
alter session unset query_tag
;
