-- not_null_eval_sequences_channel
select channel
from CLICKINTENT.ANALYTICS.eval_sequences
where channel is null
;
-- not_null_eval_sequences_content_hash
select content_hash
from CLICKINTENT.ANALYTICS.eval_sequences
where content_hash is null
;
-- not_null_eval_sequences_event_types
select event_types
from CLICKINTENT.ANALYTICS.eval_sequences
where event_types is null
;
-- not_null_eval_sequences_is_before_split
select is_before_split
from CLICKINTENT.ANALYTICS.eval_sequences
where is_before_split is null
;
-- not_null_eval_sequences_is_bot
select is_bot
from CLICKINTENT.ANALYTICS.eval_sequences
where is_bot is null
;
-- not_null_eval_sequences_page_keys
select page_keys
from CLICKINTENT.ANALYTICS.eval_sequences
where page_keys is null
;
-- not_null_eval_sequences_session_id
select session_id
from CLICKINTENT.ANALYTICS.eval_sequences
where session_id is null
;
-- not_null_eval_sequences_started_at
select started_at
from CLICKINTENT.ANALYTICS.eval_sequences
where started_at is null
;
-- not_null_eval_sequences_truncated_count
select truncated_count
from CLICKINTENT.ANALYTICS.eval_sequences
where truncated_count is null
;
-- unique_eval_sequences_session_id
select
    session_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.eval_sequences
where session_id is not null
group by session_id
having count(*) > 1
;
