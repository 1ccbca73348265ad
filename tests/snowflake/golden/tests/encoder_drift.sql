-- accepted_values_encoder_drift_channel__all__web__app
with all_values as (
    select
        channel as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.encoder_drift
    group by channel
)
select *
from all_values
where value_field not in (
    'all','web','app'
)
;
-- encoder_drift_encoder_drift_
with drift as (
    select * from CLICKINTENT.ANALYTICS.encoder_drift
    where session_count >= 500
),
problems as (
    select
        'share of page events on new pages is above 0.2' as problem,
        encoder_version,
        channel,
        new_page_event_share as value
    from drift
    where new_page_event_share > 0.2
    union all
    select
        'mean embedding has moved by more than 0.25 of the spread' as problem,
        encoder_version,
        channel,
        embedding_shift as value
    from drift
    where embedding_shift > 0.25
)
select * from problems
;
-- not_null_encoder_drift_channel
select channel
from CLICKINTENT.ANALYTICS.encoder_drift
where channel is null
;
-- not_null_encoder_drift_encoder_version
select encoder_version
from CLICKINTENT.ANALYTICS.encoder_drift
where encoder_version is null
;
-- not_null_encoder_drift_page_event_count
select page_event_count
from CLICKINTENT.ANALYTICS.encoder_drift
where page_event_count is null
;
-- not_null_encoder_drift_session_count
select session_count
from CLICKINTENT.ANALYTICS.encoder_drift
where session_count is null
;
-- not_null_encoder_drift_trained_to
select trained_to
from CLICKINTENT.ANALYTICS.encoder_drift
where trained_to is null
;
-- unique_encoder_drift_channel
select
    channel as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.encoder_drift
where channel is not null
group by channel
having count(*) > 1
;
