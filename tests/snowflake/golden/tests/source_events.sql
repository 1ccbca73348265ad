-- accepted_values_source_events_referrer_medium__paid__email__social__search__referral__direct__internal
with all_values as (
    select
        referrer_medium as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.source_events
    group by referrer_medium
)
select *
from all_values
where value_field not in (
    'paid','email','social','search','referral','direct','internal'
)
;
-- accepted_values_source_events_verdict__accepted__quarantined__refused__erased
with all_values as (
    select
        verdict as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.source_events
    group by verdict
)
select *
from all_values
where value_field not in (
    'accepted','quarantined','refused','erased'
)
;
-- not_null_source_events_channel
select channel
from CLICKINTENT.ANALYTICS.source_events
where channel is null
;
-- not_null_source_events_content_hash
select content_hash
from CLICKINTENT.ANALYTICS.source_events
where content_hash is null
;
-- not_null_source_events_event_id
select event_id
from CLICKINTENT.ANALYTICS.source_events
where event_id is null
;
-- not_null_source_events_has_load_time
select has_load_time
from CLICKINTENT.ANALYTICS.source_events
where has_load_time is null
;
-- not_null_source_events_is_internal
select is_internal
from CLICKINTENT.ANALYTICS.source_events
where is_internal is null
;
-- not_null_source_events_is_to_read
select is_to_read
from CLICKINTENT.ANALYTICS.source_events
where is_to_read is null
;
-- not_null_source_events_load_batch
select load_batch
from CLICKINTENT.ANALYTICS.source_events
where load_batch is null
;
-- not_null_source_events_loaded_at
select loaded_at
from CLICKINTENT.ANALYTICS.source_events
where loaded_at is null
;
-- not_null_source_events_raw
select raw
from CLICKINTENT.ANALYTICS.source_events
where raw is null
;
-- not_null_source_events_site_id
select site_id
from CLICKINTENT.ANALYTICS.source_events
where site_id is null
;
-- not_null_source_events_source
select source
from CLICKINTENT.ANALYTICS.source_events
where source is null
;
-- not_null_source_events_verdict
select verdict
from CLICKINTENT.ANALYTICS.source_events
where verdict is null
;
