alter session set query_tag = 'clickintent'
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
