-- not_null_dim_intents_v1_description
select description
from CLICKINTENT.ANALYTICS.dim_intents
where description is null
;
-- not_null_dim_intents_v1_intent_group_name
select intent_group_name
from CLICKINTENT.ANALYTICS.dim_intents
where intent_group_name is null
;
-- not_null_dim_intents_v1_intent_id
select intent_id
from CLICKINTENT.ANALYTICS.dim_intents
where intent_id is null
;
-- not_null_dim_intents_v1_intent_l1
select intent_l1
from CLICKINTENT.ANALYTICS.dim_intents
where intent_l1 is null
;
-- not_null_dim_intents_v1_intent_l2
select intent_l2
from CLICKINTENT.ANALYTICS.dim_intents
where intent_l2 is null
;
-- not_null_dim_intents_v1_intent_name
select intent_name
from CLICKINTENT.ANALYTICS.dim_intents
where intent_name is null
;
-- not_null_dim_intents_v1_is_sensitive
select is_sensitive
from CLICKINTENT.ANALYTICS.dim_intents
where is_sensitive is null
;
-- not_null_dim_intents_v1_taxonomy_version
select taxonomy_version
from CLICKINTENT.ANALYTICS.dim_intents
where taxonomy_version is null
;
-- unique_dim_intents_v1_intent_id
select
    intent_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.dim_intents
where intent_id is not null
group by intent_id
having count(*) > 1
;
