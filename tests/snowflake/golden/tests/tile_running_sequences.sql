-- not_null_tile_running_sequences_channel
select channel
from CLICKINTENT.ANALYTICS.tile_running_sequences
where channel is null
;
-- not_null_tile_running_sequences_content_hash
select content_hash
from CLICKINTENT.ANALYTICS.tile_running_sequences
where content_hash is null
;
-- not_null_tile_running_sequences_event_count
select event_count
from CLICKINTENT.ANALYTICS.tile_running_sequences
where event_count is null
;
-- not_null_tile_running_sequences_impression_id
select impression_id
from CLICKINTENT.ANALYTICS.tile_running_sequences
where impression_id is null
;
-- not_null_tile_running_sequences_page_keys
select page_keys
from CLICKINTENT.ANALYTICS.tile_running_sequences
where page_keys is null
;
-- not_null_tile_running_sequences_session_id
select session_id
from CLICKINTENT.ANALYTICS.tile_running_sequences
where session_id is null
;
-- unique_together_tile_running_sequences_session_id__impression_id
select session_id, impression_id, count(*) as row_count
from CLICKINTENT.ANALYTICS.tile_running_sequences
group by session_id, impression_id
having count(*) > 1
;
