alter session set query_tag = 'clickintent'
;
create transient table CLICKINTENT.ANALYTICS.taxonomy_overrides (action varchar(20),intent_id varchar(100),into_intent_id varchar(100),name varchar(200),description varchar(2000),keywords varchar(8000),web_examples varchar(2000),app_examples varchar(2000),excludes varchar(2000),is_sensitive varchar(10),reason varchar(2000))
;
alter session unset query_tag
;
