alter session set query_tag = 'clickintent'
;
create transient table CLICKINTENT.ANALYTICS.demo_intent_map (simulator_intent text,intent_id text)
;
BEGIN
;
insert overwrite into CLICKINTENT.ANALYTICS.demo_intent_map (simulator_intent, intent_id) values
            (?, ?)
;
COMMIT
;
alter session unset query_tag
;
