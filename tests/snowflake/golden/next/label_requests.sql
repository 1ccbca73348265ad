alter session set query_tag = 'clickintent'
;
create or replace temporary table CLICKINTENT.ANALYTICS.label_requests__dbt_tmp
as (

-- `clickintent labels grow` writes the rows; a build adds none
with final as (
    select
        cast(null as TEXT) as session_id,
        cast(null as TEXT) as reason,
        cast(null as TEXT) as requested_by,
        cast(null as timestamp) as requested_at
    where 1 = 0
)

select * from final
    )

;
begin;

        delete from CLICKINTENT.ANALYTICS.label_requests as DBT_INTERNAL_DEST
        where (session_id) in (
            select distinct session_id
            from CLICKINTENT.ANALYTICS.label_requests__dbt_tmp as DBT_INTERNAL_SOURCE
        );

    insert into CLICKINTENT.ANALYTICS.label_requests ("SESSION_ID", "REASON", "REQUESTED_BY", "REQUESTED_AT")
    (
        select "SESSION_ID", "REASON", "REQUESTED_BY", "REQUESTED_AT"
        from CLICKINTENT.ANALYTICS.label_requests__dbt_tmp
    );
    commit
;
drop table if exists CLICKINTENT.ANALYTICS.label_requests__dbt_tmp cascade
;
delete from CLICKINTENT.ANALYTICS.label_requests
        where not exists (
            select 1
            from CLICKINTENT.ANALYTICS.session_narratives as parent
            where (true)
                and parent.session_id = label_requests.session_id
        )
;
alter session unset query_tag
;
