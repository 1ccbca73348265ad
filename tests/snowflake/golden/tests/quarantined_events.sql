-- accepted_values_quarantined_events_reason__missing_visitor__missing_timestamp__bad_timestamp__future_timestamp__missing_event_type_and_page
with all_values as (
    select
        reason as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.quarantined_events
    group by reason
)
select *
from all_values
where value_field not in (
    'missing_visitor','missing_timestamp','bad_timestamp','future_timestamp','missing_event_type_and_page'
)
;
-- not_null_quarantined_events_content_hash
select content_hash
from CLICKINTENT.ANALYTICS.quarantined_events
where content_hash is null
;
-- not_null_quarantined_events_event_id
select event_id
from CLICKINTENT.ANALYTICS.quarantined_events
where event_id is null
;
-- not_null_quarantined_events_loaded_at
select loaded_at
from CLICKINTENT.ANALYTICS.quarantined_events
where loaded_at is null
;
-- not_null_quarantined_events_raw
select raw
from CLICKINTENT.ANALYTICS.quarantined_events
where raw is null
;
-- not_null_quarantined_events_reason
select reason
from CLICKINTENT.ANALYTICS.quarantined_events
where reason is null
;
-- not_null_quarantined_events_source
select source
from CLICKINTENT.ANALYTICS.quarantined_events
where source is null
;
-- unique_quarantined_events_event_id
select
    event_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.quarantined_events
where event_id is not null
group by event_id
having count(*) > 1
;
