-- not_null_eval_intent_taxonomy_intent_id
select intent_id
from CLICKINTENT.ANALYTICS.eval_intent_taxonomy
where intent_id is null
;
-- not_null_eval_intent_taxonomy_level
select level
from CLICKINTENT.ANALYTICS.eval_intent_taxonomy
where level is null
;
-- not_null_eval_intent_taxonomy_name
select name
from CLICKINTENT.ANALYTICS.eval_intent_taxonomy
where name is null
;
-- not_null_eval_intent_taxonomy_source
select source
from CLICKINTENT.ANALYTICS.eval_intent_taxonomy
where source is null
;
-- not_null_eval_intent_taxonomy_status
select status
from CLICKINTENT.ANALYTICS.eval_intent_taxonomy
where status is null
;
-- not_null_eval_intent_taxonomy_taxonomy_version
select taxonomy_version
from CLICKINTENT.ANALYTICS.eval_intent_taxonomy
where taxonomy_version is null
;
-- unique_eval_intent_taxonomy_intent_id
select
    intent_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.eval_intent_taxonomy
where intent_id is not null
group by intent_id
having count(*) > 1
;
