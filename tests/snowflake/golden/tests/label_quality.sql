-- accepted_values_label_quality_judged__gold__labels__student
with all_values as (
    select
        judged as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.label_quality
    group by judged
)
select *
from all_values
where value_field not in (
    'gold','labels','student'
)
;
-- accepted_values_label_quality_metric__agreement__agreement_level_1__kappa__precision__recall__coverage__gold_needed__usable_random__usable_chosen__without_session__of_no_active_leaf
with all_values as (
    select
        metric as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.label_quality
    group by metric
)
select *
from all_values
where value_field not in (
    'agreement','agreement_level_1','kappa','precision','recall','coverage','gold_needed','usable_random','usable_chosen','without_session','of_no_active_leaf'
)
;
-- not_null_label_quality_channel
select channel
from CLICKINTENT.ANALYTICS.label_quality
where channel is null
;
-- not_null_label_quality_judged
select judged
from CLICKINTENT.ANALYTICS.label_quality
where judged is null
;
-- not_null_label_quality_language
select language
from CLICKINTENT.ANALYTICS.label_quality
where language is null
;
-- not_null_label_quality_metric
select metric
from CLICKINTENT.ANALYTICS.label_quality
where metric is null
;
-- not_null_label_quality_n
select n
from CLICKINTENT.ANALYTICS.label_quality
where n is null
;
-- unique_together_label_quality_judged__channel__language__metric__intent_id
select judged, channel, language, metric, intent_id, count(*) as row_count
from CLICKINTENT.ANALYTICS.label_quality
group by judged, channel, language, metric, intent_id
having count(*) > 1
;
