alter session set query_tag = 'clickintent'
;
create transient table CLICKINTENT.ANALYTICS.bot_patterns (pattern varchar,unless varchar,origin varchar,description varchar)
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
