alter session set query_tag = 'clickintent'
;
create or replace temporary table CLICKINTENT.ANALYTICS.erasures__dbt_tmp
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
begin;

        delete from CLICKINTENT.ANALYTICS.erasures as DBT_INTERNAL_DEST
        where (person_hash) in (
            select distinct person_hash
            from CLICKINTENT.ANALYTICS.erasures__dbt_tmp as DBT_INTERNAL_SOURCE
        );

    insert into CLICKINTENT.ANALYTICS.erasures ("PERSON_HASH", "PERSON_KIND", "ERASED_BEFORE", "ERASED_AT", "ERASED_BY")
    (
        select "PERSON_HASH", "PERSON_KIND", "ERASED_BEFORE", "ERASED_AT", "ERASED_BY"
        from CLICKINTENT.ANALYTICS.erasures__dbt_tmp
    );
    commit
;
drop table if exists CLICKINTENT.ANALYTICS.erasures__dbt_tmp cascade
;
alter session unset query_tag
;
