alter session set query_tag = 'clickintent'
;
create transient table CLICKINTENT.ANALYTICS.taxonomy (intent_id varchar(100),parent_intent_id varchar(100),level integer,name varchar(200),description varchar(2000),keywords varchar(8000),web_examples varchar(2000),app_examples varchar(2000),is_sensitive boolean)
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
