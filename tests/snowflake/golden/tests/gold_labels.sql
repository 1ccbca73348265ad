-- gold_sessions_exist_gold_labels_ref_sessions_
select problem from (
        with gold as (
    select * from CLICKINTENT.ANALYTICS.gold_labels
),
sessions as (
    select session_id from CLICKINTENT.ANALYTICS.sessions
),
problems as (
    select
        'seeds/gold_labels.csv: there is no session ' || gold.session_id || ' (mistyped, erased, or another one since '
        || 'events came late); it counts for nothing, and the row can go.' as problem
    from gold
    left join sessions on gold.session_id = sessions.session_id
    where sessions.session_id is null and gold.session_id is not null
)
select problem from problems
    ) as told
;
-- not_null_gold_labels_reviewed_at
select reviewed_at
from CLICKINTENT.ANALYTICS.gold_labels
where reviewed_at is null
;
-- not_null_gold_labels_reviewed_by
select reviewed_by
from CLICKINTENT.ANALYTICS.gold_labels
where reviewed_by is null
;
-- valid_gold_labels_gold_labels_ref_intent_taxonomy_
select problem from (
        with gold as (
    select * from CLICKINTENT.ANALYTICS.gold_labels
),
leaves as (
    select distinct intent_id from CLICKINTENT.ANALYTICS.intent_taxonomy
    where level = 2
),
repeated as (
    select session_id, count(*) as row_count
    from gold
    group by session_id
    having count(*) > 1
),
problems as (
    select
        'seeds/gold_labels.csv has the session_id ''' || coalesce(session_id, '') || ''': give the 32 digits that '
        || 'session_id has in sessions, or remove the row.' as problem
    from gold
    where not (regexp_instr(coalesce(session_id, ''), '^[0-9a-f]{32}$') > 0)
    union all
    select
        'seeds/gold_labels.csv has session ' || session_id || ' in ' || cast(row_count as TEXT) || ' rows: keep one.' as problem
    from repeated
    where coalesce(trim(session_id), '') <> ''
    union all
    select
        'seeds/gold_labels.csv, session ' || gold.session_id || ': the intent ''' || coalesce(gold.intent_id, '')
        || ''' is no leaf of the taxonomy; correct it, or write none where no leaf fits.' as problem
    from gold
    left join leaves on gold.intent_id = leaves.intent_id
    where leaves.intent_id is null and coalesce(gold.intent_id, '') <> 'none'
    union all
    select
        'seeds/gold_labels.csv, session ' || session_id || ': shown_because is ''' || coalesce(shown_because, '')
        || '''; use random only where nobody chose the session, else low_margin or disagreeing.' as problem
    from gold
    where coalesce(shown_because, '') not in ('random', 'low_margin', 'disagreeing')
)
select problem from problems
    ) as told
;
