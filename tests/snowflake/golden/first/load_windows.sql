alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.load_windows
    copy grants

    as (

-- told once, before anything is read: every model of this build takes the same rows. The audit is written after all of
-- them, so that its newest load is one that each of them has seen, whatever was killed since.
with final as (
    select cast(null as TEXT) as source, cast(null as timestamp) as read_from where 1 = 0
)

select * from final
    )

;
alter session unset query_tag
;
