{{ config(tags=['evaluation_fit']) }}
-- No example knows a session that came, or came to be known, after its moment; and no outcome is known by then.
select pairs.example_id, pairs.session_id, pairs.moment, pairs.known_at
from {{ ref('eval_example_sessions') }} as pairs
where pairs.known_at > pairs.moment

union all

select examples.session_id as example_id, examples.session_id, examples.moment, examples.outcome_at as known_at
from {{ ref('eval_examples') }} as examples
cross join {{ ref('eval_split') }} as split
where split.task = 'history' and examples.outcome_at <= examples.moment
