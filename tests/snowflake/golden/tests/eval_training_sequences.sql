-- accepted_values_eval_training_sequences_is_before_split__False__True
with all_values as (
    select
        is_before_split as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.eval_training_sequences
    group by is_before_split
)
select *
from all_values
where value_field not in (
    True
)
;
-- not_null_eval_training_sequences_is_before_split
select is_before_split
from CLICKINTENT.ANALYTICS.eval_training_sequences
where is_before_split is null
;
-- not_null_eval_training_sequences_session_id
select session_id
from CLICKINTENT.ANALYTICS.eval_training_sequences
where session_id is null
;
-- unique_eval_training_sequences_session_id
select
    session_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.eval_training_sequences
where session_id is not null
group by session_id
having count(*) > 1
;
