-- accepted_values_session_narratives_channel__web__app
with all_values as (
    select
        channel as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.session_narratives
    group by channel
)
select *
from all_values
where value_field not in (
    'web','app'
)
;
-- not_null_session_narratives_channel
select channel
from CLICKINTENT.ANALYTICS.session_narratives
where channel is null
;
-- not_null_session_narratives_content_hash
select content_hash
from CLICKINTENT.ANALYTICS.session_narratives
where content_hash is null
;
-- not_null_session_narratives_narrative
select narrative
from CLICKINTENT.ANALYTICS.session_narratives
where narrative is null
;
-- not_null_session_narratives_narrative_hash
select narrative_hash
from CLICKINTENT.ANALYTICS.session_narratives
where narrative_hash is null
;
-- not_null_session_narratives_narrative_revision
select narrative_revision
from CLICKINTENT.ANALYTICS.session_narratives
where narrative_revision is null
;
-- not_null_session_narratives_session_id
select session_id
from CLICKINTENT.ANALYTICS.session_narratives
where session_id is null
;
-- unique_session_narratives_session_id
select
    session_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.session_narratives
where session_id is not null
group by session_id
having count(*) > 1
;
