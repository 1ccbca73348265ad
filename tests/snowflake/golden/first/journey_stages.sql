alter session set query_tag = 'clickintent'
;
create transient table CLICKINTENT.ANALYTICS.journey_stages (stage text,stage_rank integer,signal text,value text)
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
