-- accepted_events_are_those_counted
with counts as (
    select source, load_batch, accepted_count as counted from CLICKINTENT.ANALYTICS.ingestion_audit
),
held as (
    select source, load_batch, count(*) as held
    from CLICKINTENT.ANALYTICS.stg_events
    where source is not null and load_batch is not null
    group by source, load_batch
)
select counts.*, held.held
from counts
full join held on counts.source = held.source and counts.load_batch = held.load_batch
where coalesce(counts.counted, 0) <> coalesce(held.held, 0)
;
-- accounts_for_ingestion_audit_True__accepted_count__duplicate_count__quarantined_count__refused_count__erased_count__row_count
with counted as (
    select * from CLICKINTENT.ANALYTICS.ingestion_audit
),
unbalanced as (
    select
        'row_count is not accepted_count + duplicate_count + quarantined_count + refused_count + erased_count' as problem,
        row_count as total_count,
        accepted_count + duplicate_count + quarantined_count + refused_count + erased_count as parts_count
    from counted
    where row_count is null or accepted_count + duplicate_count + quarantined_count + refused_count + erased_count is null or row_count <> accepted_count + duplicate_count + quarantined_count + refused_count + erased_count
),
problems as (
    select * from unbalanced
)
select * from problems
;
-- not_empty_ingestion_audit_
select row_count
from (select count(*) as row_count from CLICKINTENT.ANALYTICS.ingestion_audit) as counted
where row_count = 0 and True
;
-- not_null_ingestion_audit_has_load_time
select has_load_time
from CLICKINTENT.ANALYTICS.ingestion_audit
where has_load_time is null
;
-- not_null_ingestion_audit_load_batch
select load_batch
from CLICKINTENT.ANALYTICS.ingestion_audit
where load_batch is null
;
-- not_null_ingestion_audit_row_count
select row_count
from CLICKINTENT.ANALYTICS.ingestion_audit
where row_count is null
;
-- not_null_ingestion_audit_source
select source
from CLICKINTENT.ANALYTICS.ingestion_audit
where source is null
;
-- quarantined_events_are_those_counted
with counts as (
    select source, load_batch, quarantined_count as counted from CLICKINTENT.ANALYTICS.ingestion_audit
),
held as (
    select source, load_batch, count(*) as held
    from CLICKINTENT.ANALYTICS.quarantined_events
    where source is not null and load_batch is not null
    group by source, load_batch
)
select counts.*, held.held
from counts
full join held on counts.source = held.source and counts.load_batch = held.load_batch
where coalesce(counts.counted, 0) <> coalesce(held.held, 0)
;
