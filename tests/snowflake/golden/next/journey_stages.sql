alter session set query_tag = 'clickintent'
;
BEGIN
;
insert overwrite into CLICKINTENT.ANALYTICS.journey_stages (stage, stage_rank, signal, value) values
            (?, ?, ?, ?)
;
COMMIT
;
alter session unset query_tag
;
