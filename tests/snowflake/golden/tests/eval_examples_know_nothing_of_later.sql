-- eval_examples_know_nothing_of_later
-- No example knows a session that came, or came to be known, after its moment; and no outcome is known by then.
select pairs.example_id, pairs.session_id, pairs.moment, pairs.known_at
from CLICKINTENT.ANALYTICS.eval_example_sessions as pairs
where pairs.known_at > pairs.moment
union all
select examples.session_id as example_id, examples.session_id, examples.moment, examples.outcome_at as known_at
from CLICKINTENT.ANALYTICS.eval_examples as examples
cross join CLICKINTENT.ANALYTICS.eval_split as split
where split.task = 'history' and examples.outcome_at <= examples.moment
union all
-- nor does one stand amid a form, whatever came of it: left out by what came, they would tell it
select examples.session_id as example_id, examples.session_id, examples.moment, forms.event_at as known_at
from CLICKINTENT.ANALYTICS.eval_examples as examples
cross join CLICKINTENT.ANALYTICS.eval_split as split
inner join CLICKINTENT.ANALYTICS.eval_sessions as sessions on examples.person = sessions.person
inner join CLICKINTENT.ANALYTICS.session_events as placed on sessions.session_id = placed.session_id
inner join CLICKINTENT.ANALYTICS.stg_events as forms on placed.event_id = forms.event_id
left join CLICKINTENT.ANALYTICS.eval_outcomes as ended
    on examples.person = ended.person and ended.outcome_at between forms.event_at and examples.moment
where
    split.task = 'history'
    and forms.event_type in ('form_start')
    and forms.event_at between
    dateadd(
        second,
        -1209600,
        examples.moment
        )
 and examples.moment
    and ended.event_id is null
;
