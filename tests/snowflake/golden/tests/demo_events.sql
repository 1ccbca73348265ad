-- accepted_values_demo_events_channel__web__app
with all_values as (
    select
        channel as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.demo_events
    group by channel
)
select *
from all_values
where value_field not in (
    'web','app'
)
;
-- not_null_demo_events_channel
select channel
from CLICKINTENT.ANALYTICS.demo_events
where channel is null
;
-- not_null_demo_events_loaded_at
select loaded_at
from CLICKINTENT.ANALYTICS.demo_events
where loaded_at is null
;
-- not_null_demo_events_simulation
select simulation
from CLICKINTENT.ANALYTICS.demo_events
where simulation is null
;
-- not_null_demo_events_site_id
select site_id
from CLICKINTENT.ANALYTICS.demo_events
where site_id is null
;
