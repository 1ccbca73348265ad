alter session set query_tag = 'clickintent'
;
create transient table CLICKINTENT.ANALYTICS.campaign_media (medium text,referrer_medium text,description text)
;
BEGIN
;
insert overwrite into CLICKINTENT.ANALYTICS.campaign_media (medium, referrer_medium, description) values
            (?, ?, ?)
;
COMMIT
;
alter session unset query_tag
;
