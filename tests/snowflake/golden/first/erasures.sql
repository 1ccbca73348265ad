alter session set query_tag = 'clickintent'
;
create or replace table CLICKINTENT.ANALYTICS.erasures
    copy grants

    as (
-- Written by `clickintent forget`, and by no build: what is in it stays, a full refresh included.
with final as (
    select
        cast(null as TEXT) as person_hash,
        cast(null as TEXT) as person_kind,
        cast(null as timestamp) as erased_before,
        cast(null as timestamp) as erased_at,
        cast(null as TEXT) as erased_by
    where 1 = 0
)

select * from final
    )

;
drop table if exists CLICKINTENT.ANALYTICS.erasures__dbt_tmp cascade
;
alter session unset query_tag
;
