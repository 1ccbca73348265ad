-- not_null_batches_to_read_load_batch
select load_batch
from CLICKINTENT.ANALYTICS.batches_to_read
where load_batch is null
;
-- not_null_batches_to_read_missing_count
select missing_count
from CLICKINTENT.ANALYTICS.batches_to_read
where missing_count is null
;
-- not_null_batches_to_read_source
select source
from CLICKINTENT.ANALYTICS.batches_to_read
where source is null
;
