alter session set query_tag = 'clickintent'
;
create or replace temporary table CLICKINTENT.ANALYTICS.label_sample__dbt_tmp
as (

with strata as (
    select * from CLICKINTENT.ANALYTICS.session_strata
),

narratives as (
    select session_id from CLICKINTENT.ANALYTICS.session_narratives
),

rates as (
    select * from CLICKINTENT.ANALYTICS.label_strata
),

requests as (
    select session_id from CLICKINTENT.ANALYTICS.label_requests
),

-- of all sessions: for strata that nobody had seen when the rates were made
overall_rates as (
    select cluster_version, max(label_share) as rate from rates
    group by cluster_version
),

rated as (
    select
        strata.session_id,
        strata.cluster_version,
        strata.channel,
        strata.cluster_id,
        strata.auth_state,
        strata.length_bucket,
        coalesce(rates.rate, overall_rates.rate) as rate,
        cast(to_number(left(strata.session_id, 8), 'XXXXXXXX') as double) / 4294967296 as place
    from strata
    inner join narratives on strata.session_id = narratives.session_id
    inner join overall_rates on strata.cluster_version = overall_rates.cluster_version
    left join rates
        on strata.cluster_version = rates.cluster_version and strata.channel = rates.channel and strata.cluster_id = rates.cluster_id and strata.auth_state = rates.auth_state and strata.length_bucket = rates.length_bucket
),

drawn as (
    select session_id, cluster_version, channel, cluster_id, auth_state, length_bucket, 'sample' as reason, rate, 1 / rate as weight
    from rated
    where place < rate
),

-- nobody drew these: they stand for no other session
requested as (
    select
        rated.session_id,
        rated.cluster_version,
        rated.channel,
        rated.cluster_id,
        rated.auth_state,
        rated.length_bucket,
        'uncertain' as reason,
        cast(null as double) as rate,
        cast(0 as double) as weight
    from rated
    inner join requests on rated.session_id = requests.session_id
    where rated.place >= rated.rate
),

combined as (
    select * from drawn
    union all
    select * from requested
),

final as (
    select
        combined.*,
        coalesce(held.drawn_at, cast('2026-07-01 00:00:00' as timestamp)) as drawn_at
    from combined
    left join CLICKINTENT.ANALYTICS.label_sample as held on combined.session_id = held.session_id
    -- a session that has come into a stratum of a higher rate was as likely to be drawn as that says: its hash stays
    where held.session_id is null or combined.rate > coalesce(held.rate, 0)
)

select * from final
    )

;
begin;

        delete from CLICKINTENT.ANALYTICS.label_sample as DBT_INTERNAL_DEST
        where (session_id) in (
            select distinct session_id
            from CLICKINTENT.ANALYTICS.label_sample__dbt_tmp as DBT_INTERNAL_SOURCE
        );

    insert into CLICKINTENT.ANALYTICS.label_sample ("SESSION_ID", "CLUSTER_VERSION", "CHANNEL", "CLUSTER_ID", "AUTH_STATE", "LENGTH_BUCKET", "REASON", "RATE", "WEIGHT", "DRAWN_AT")
    (
        select "SESSION_ID", "CLUSTER_VERSION", "CHANNEL", "CLUSTER_ID", "AUTH_STATE", "LENGTH_BUCKET", "REASON", "RATE", "WEIGHT", "DRAWN_AT"
        from CLICKINTENT.ANALYTICS.label_sample__dbt_tmp
    );
    commit
;
drop table if exists CLICKINTENT.ANALYTICS.label_sample__dbt_tmp cascade
;
delete from CLICKINTENT.ANALYTICS.label_sample
        where not exists (
            select 1
            from CLICKINTENT.ANALYTICS.session_narratives as parent
            where (true)
                and parent.session_id = label_sample.session_id
        )
;
alter session unset query_tag
;
