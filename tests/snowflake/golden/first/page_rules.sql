alter session set query_tag = 'clickintent'
;
create transient table CLICKINTENT.ANALYTICS.page_rules (priority integer,pattern text,page_group text)
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
