-- accepted_values_stg_events_channel__web__app
with all_values as (
    select
        channel as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.stg_events
    group by channel
)
select *
from all_values
where value_field not in (
    'web','app'
)
;
-- accepted_values_stg_events_has_consent__False__true
with all_values as (
    select
        has_consent as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.stg_events
    group by has_consent
)
select *
from all_values
where value_field not in (
    true
)
;
-- accepted_values_stg_events_referrer_medium__paid__email__social__search__direct__internal__referral
with all_values as (
    select
        referrer_medium as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.stg_events
    group by referrer_medium
)
select *
from all_values
where value_field not in (
    'paid','email','social','search','direct','internal','referral'
)
;
-- not_empty_stg_events_
select row_count
from (select count(*) as row_count from CLICKINTENT.ANALYTICS.stg_events) as counted
where row_count = 0 and True
;
-- not_null_stg_events_channel
select channel
from CLICKINTENT.ANALYTICS.stg_events
where channel is null
;
-- not_null_stg_events_content_hash
select content_hash
from CLICKINTENT.ANALYTICS.stg_events
where content_hash is null
;
-- not_null_stg_events_event_at
select event_at
from CLICKINTENT.ANALYTICS.stg_events
where event_at is null
;
-- not_null_stg_events_event_id
select event_id
from CLICKINTENT.ANALYTICS.stg_events
where event_id is null
;
-- not_null_stg_events_event_type
select event_type
from CLICKINTENT.ANALYTICS.stg_events
where event_type is null
;
-- not_null_stg_events_is_internal
select is_internal
from CLICKINTENT.ANALYTICS.stg_events
where is_internal is null
;
-- not_null_stg_events_loaded_at
select loaded_at
from CLICKINTENT.ANALYTICS.stg_events
where loaded_at is null
;
-- not_null_stg_events_site_id
select site_id
from CLICKINTENT.ANALYTICS.stg_events
where site_id is null
;
-- not_null_stg_events_source
select source
from CLICKINTENT.ANALYTICS.stg_events
where source is null
;
-- not_null_stg_events_visitor_id
select visitor_id
from CLICKINTENT.ANALYTICS.stg_events
where visitor_id is null
;
-- unique_stg_events_event_id
select
    event_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.stg_events
where event_id is not null
group by event_id
having count(*) > 1
;
