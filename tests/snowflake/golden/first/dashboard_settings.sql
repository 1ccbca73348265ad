alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.dashboard_settings

  (
    min_cell_sessions integer,
    sensitive_intents_for varchar,
    has_encoder_drift boolean

    )

    copy grants

    as (
    select min_cell_sessions, sensitive_intents_for, has_encoder_drift
    from (

select
    cast(0 as integer) as min_cell_sessions,
    cast(null as varchar) as sensitive_intents_for,
    cast(True as boolean) as has_encoder_drift
    ) as model_subq
    )

;
alter session unset query_tag
;
