alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.data_freshness

  (
    step integer,
    what varchar,
    newest_at timestamp,
    row_count bigint

    )

    copy grants

    as (
    select step, what, newest_at, row_count
    from (

with final as (
    select 1 as step, 'event happened' as what, max(event_at) as newest_at, count(*) as row_count
    from CLICKINTENT.ANALYTICS.stg_events
    union all
    select 2 as step, 'event loaded' as what, max(loaded_at) as newest_at, count(*) as row_count
    from CLICKINTENT.ANALYTICS.stg_events
    union all
    select 3 as step, 'session started' as what, max(started_at) as newest_at, count(*) as row_count
    from CLICKINTENT.ANALYTICS.sessions
    union all
    select 4 as step, 'session embedded' as what, max(embedded_at) as newest_at, count(*) as row_count
    from CLICKINTENT.ANALYTICS.session_embeddings
    union all
    select 5 as step, 'intent scored' as what, max(scored_at) as newest_at, count(*) as row_count
    from CLICKINTENT.ANALYTICS.session_intents
)

select * from final
    ) as model_subq
    )

;
alter session unset query_tag
;
