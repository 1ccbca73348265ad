alter session set query_tag = 'clickintent'
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
