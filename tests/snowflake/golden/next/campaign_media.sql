alter session set query_tag = 'clickintent'
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
