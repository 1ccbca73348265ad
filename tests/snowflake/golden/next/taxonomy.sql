alter session set query_tag = 'clickintent'
;
BEGIN
;
insert overwrite into CLICKINTENT.ANALYTICS.taxonomy (intent_id, parent_intent_id, level, name, description, keywords, web_examples, app_examples, is_sensitive) values
            (?, ?, ?, ?, ?, ?, ?, ?, ?)
;
COMMIT
;
alter session unset query_tag
;
