alter session set query_tag = 'clickintent'
;
create transient table CLICKINTENT.ANALYTICS.event_types (event_type text,is_page_view boolean,is_heartbeat boolean,description text)
;
BEGIN
;
insert overwrite into CLICKINTENT.ANALYTICS.event_types (event_type, is_page_view, is_heartbeat, description) values
            (?, ?, ?, ?)
;
COMMIT
;
alter session unset query_tag
;
