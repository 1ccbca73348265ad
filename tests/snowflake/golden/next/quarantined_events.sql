alter session set query_tag = 'clickintent'
;
create or replace temporary table CLICKINTENT.ANALYTICS.quarantined_events__dbt_tmp
as (

with arrived as (
    select * from CLICKINTENT.ANALYTICS.source_events as arrivals -- noqa: AL05
    where
        verdict = 'quarantined'

        and is_to_read

),

accepted as (
    select event_id from CLICKINTENT.ANALYTICS.stg_events
),

-- a correction carries the id of the row it corrects: the corrected row leaves the quarantine
uncorrected as (
    select arrived.*
    from arrived
    left join accepted on arrived.event_id = accepted.event_id
    where accepted.event_id is null
    qualify row_number() over (
        partition by arrived.event_id order by loaded_at, content_hash, load_batch, has_load_time desc nulls last, reason, raw
    ) = 1
),

final as (
    select
        uncorrected.event_id,
        uncorrected.source,
        uncorrected.raw,
        uncorrected.reason,
        uncorrected.loaded_at,
        uncorrected.has_load_time,
        uncorrected.load_batch,
        uncorrected.content_hash
    from uncorrected

    left join CLICKINTENT.ANALYTICS.quarantined_events as known on uncorrected.event_id = known.event_id
    where known.event_id is null or (
        uncorrected.loaded_at < known.loaded_at
        or uncorrected.loaded_at = known.loaded_at and (
            uncorrected.content_hash < known.content_hash
            or uncorrected.content_hash = known.content_hash and (
                known.load_batch is null
                or uncorrected.load_batch < known.load_batch
                or uncorrected.load_batch = known.load_batch and (
                    uncorrected.has_load_time and not known.has_load_time
                    or uncorrected.has_load_time = known.has_load_time
                    and uncorrected.reason < known.reason
                    or uncorrected.has_load_time = known.has_load_time and uncorrected.reason = known.reason
                    and uncorrected.raw < known.raw
                )
            )
        )
    )

)

select * from final
    )

;
begin;

        delete from CLICKINTENT.ANALYTICS.quarantined_events as DBT_INTERNAL_DEST
        where (event_id) in (
            select distinct event_id
            from CLICKINTENT.ANALYTICS.quarantined_events__dbt_tmp as DBT_INTERNAL_SOURCE
        );

    insert into CLICKINTENT.ANALYTICS.quarantined_events ("EVENT_ID", "SOURCE", "RAW", "REASON", "LOADED_AT", "HAS_LOAD_TIME", "LOAD_BATCH", "CONTENT_HASH")
    (
        select "EVENT_ID", "SOURCE", "RAW", "REASON", "LOADED_AT", "HAS_LOAD_TIME", "LOAD_BATCH", "CONTENT_HASH"
        from CLICKINTENT.ANALYTICS.quarantined_events__dbt_tmp
    );
    commit
;
drop table if exists CLICKINTENT.ANALYTICS.quarantined_events__dbt_tmp cascade
;
delete from CLICKINTENT.ANALYTICS.quarantined_events where event_id in (select event_id from CLICKINTENT.ANALYTICS.stg_events)
;
alter session unset query_tag
;
