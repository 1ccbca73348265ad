-- not_null_tile_running_embeddings_content_hash
select content_hash
from CLICKINTENT.ANALYTICS.tile_running_embeddings
where content_hash is null
;
-- not_null_tile_running_embeddings_embedding
select embedding
from CLICKINTENT.ANALYTICS.tile_running_embeddings
where embedding is null
;
-- not_null_tile_running_embeddings_encoder_version
select encoder_version
from CLICKINTENT.ANALYTICS.tile_running_embeddings
where encoder_version is null
;
-- not_null_tile_running_embeddings_event_count
select event_count
from CLICKINTENT.ANALYTICS.tile_running_embeddings
where event_count is null
;
-- not_null_tile_running_embeddings_impression_id
select impression_id
from CLICKINTENT.ANALYTICS.tile_running_embeddings
where impression_id is null
;
-- not_null_tile_running_embeddings_session_id
select session_id
from CLICKINTENT.ANALYTICS.tile_running_embeddings
where session_id is null
;
-- unique_together_tile_running_embeddings_session_id__impression_id
select session_id, impression_id, count(*) as row_count
from CLICKINTENT.ANALYTICS.tile_running_embeddings
group by session_id, impression_id
having count(*) > 1
;
