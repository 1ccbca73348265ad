alter session set query_tag = 'clickintent'
;
create or replace temporary table CLICKINTENT.ANALYTICS.consent_withdrawals__dbt_tmp
as (

with refused as (
    select * from CLICKINTENT.ANALYTICS.source_events as arrivals -- noqa: AL05
    where
        verdict = 'refused'
        -- says it again, so that the few refusals are found before the many other rows are parsed
        and has_consent is false

        and is_to_read

),

events as (
    select * from CLICKINTENT.ANALYTICS.stg_events
),

timed as (
    select
        source, site_id, channel, visitor_id,
        case
            -- a clock that runs ahead must not outlaw consents yet to come: then the load tells the time
            when event_at is not null and not (has_load_time and coalesce(reason = 'future_timestamp', false)) then event_at
            when has_load_time then loaded_at
            -- a refusal whose time nobody knows holds for good
            else timestamp '2100-01-01'
        end as refused_at
    from refused
    where visitor_id is not null
),

visitors as (
    select source, site_id, channel, visitor_id, max(refused_at) as refused_at
    from timed
    group by source, site_id, channel, visitor_id
),

-- what a refusing visitor sent is stored nowhere, and their id is no exception: hence the hash
refusals as (
    select
        md5(
        coalesce(cast(source as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(site_id as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(channel as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(visitor_id as TEXT), chr(30))) as visitor_hash,
        source,
        refused_at,
        false as has_load_time,
        cast(null as timestamp) as loaded_at
    from visitors
),

-- How far the sources were read, told by the events accepted just before. Without these rows, a site where nobody
-- refuses would be read in full every time.
read_marks as (
    select
        md5(
        coalesce(cast(source as TEXT), chr(30))) as visitor_hash,
        source,
        cast(null as timestamp) as refused_at,
        true as has_load_time,
        max(loaded_at) as loaded_at
    from events
    where has_load_time and loaded_at <= cast('2026-07-01 00:00:00' as timestamp)
    group by source
),

combined as (
    select * from refusals
    union all
    select * from read_marks
),

final as (
    select combined.*
    from combined

    left join CLICKINTENT.ANALYTICS.consent_withdrawals as known on combined.visitor_hash = known.visitor_hash
    where known.visitor_hash is null or combined.refused_at > known.refused_at or combined.loaded_at <> known.loaded_at

)

select * from final
    )

;
begin;

        delete from CLICKINTENT.ANALYTICS.consent_withdrawals as DBT_INTERNAL_DEST
        where (visitor_hash) in (
            select distinct visitor_hash
            from CLICKINTENT.ANALYTICS.consent_withdrawals__dbt_tmp as DBT_INTERNAL_SOURCE
        );

    insert into CLICKINTENT.ANALYTICS.consent_withdrawals ("VISITOR_HASH", "SOURCE", "REFUSED_AT", "HAS_LOAD_TIME", "LOADED_AT")
    (
        select "VISITOR_HASH", "SOURCE", "REFUSED_AT", "HAS_LOAD_TIME", "LOADED_AT"
        from CLICKINTENT.ANALYTICS.consent_withdrawals__dbt_tmp
    );
    commit
;
drop table if exists CLICKINTENT.ANALYTICS.consent_withdrawals__dbt_tmp cascade
;
alter session unset query_tag
;
