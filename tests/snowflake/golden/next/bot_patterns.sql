alter session set query_tag = 'clickintent'
;
BEGIN
;
insert overwrite into CLICKINTENT.ANALYTICS.bot_patterns (pattern, unless, origin, description) values
            (?, ?, ?, ?)
;
COMMIT
;
alter session unset query_tag
;
