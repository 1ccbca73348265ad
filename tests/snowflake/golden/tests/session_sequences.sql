-- not_null_session_sequences_channel
select channel
from CLICKINTENT.ANALYTICS.session_sequences
where channel is null
;
-- not_null_session_sequences_content_hash
select content_hash
from CLICKINTENT.ANALYTICS.session_sequences
where content_hash is null
;
-- not_null_session_sequences_is_bot
select is_bot
from CLICKINTENT.ANALYTICS.session_sequences
where is_bot is null
;
-- not_null_session_sequences_page_keys
select page_keys
from CLICKINTENT.ANALYTICS.session_sequences
where page_keys is null
;
-- not_null_session_sequences_session_id
select session_id
from CLICKINTENT.ANALYTICS.session_sequences
where session_id is null
;
-- not_null_session_sequences_truncated_count
select truncated_count
from CLICKINTENT.ANALYTICS.session_sequences
where truncated_count is null
;
-- relationships_session_sequences_session_id__session_id__ref_sessions_
with child as (
    select session_id as from_field
    from CLICKINTENT.ANALYTICS.session_sequences
    where session_id is not null
),
parent as (
    select session_id as to_field
    from CLICKINTENT.ANALYTICS.sessions
)
select
    from_field
from child
left join parent
    on child.from_field = parent.to_field
where parent.to_field is null
;
-- unique_session_sequences_session_id
select
    session_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.session_sequences
where session_id is not null
group by session_id
having count(*) > 1
;
