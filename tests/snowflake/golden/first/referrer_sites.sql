alter session set query_tag = 'clickintent'
;
create transient table CLICKINTENT.ANALYTICS.referrer_sites (site_name text,referrer_medium text)
;
BEGIN
;
insert overwrite into CLICKINTENT.ANALYTICS.referrer_sites (site_name, referrer_medium) values
            (?, ?)
;
COMMIT
;
alter session unset query_tag
;
