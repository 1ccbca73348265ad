alter session set query_tag = 'clickintent'
;
begin;

    truncate table CLICKINTENT.ANALYTICS.GOLD_LABELS
  ;
    commit
;
alter session unset query_tag
;
