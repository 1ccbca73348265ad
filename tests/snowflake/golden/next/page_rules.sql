alter session set query_tag = 'clickintent'
;
BEGIN
;
insert overwrite into CLICKINTENT.ANALYTICS.page_rules (priority, pattern, page_group) values
            (?, ?, ?)
;
COMMIT
;
alter session unset query_tag
;
