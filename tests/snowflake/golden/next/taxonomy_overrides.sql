alter session set query_tag = 'clickintent'
;
begin;

    truncate table CLICKINTENT.ANALYTICS.TAXONOMY_OVERRIDES
  ;
    commit
;
alter session unset query_tag
;
