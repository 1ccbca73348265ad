alter session set query_tag = 'clickintent'
;
create transient table CLICKINTENT.ANALYTICS.gold_labels (session_id varchar,intent_id varchar,shown_because varchar,reviewed_by varchar,reviewed_at timestamp,note varchar)
;
alter session unset query_tag
;
