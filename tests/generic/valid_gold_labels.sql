{#
    Every gold label is about a session, once, under an id as `session_id` writes it, names a leaf that the taxonomy has
    or had, or 'none', and says why its session was read. Each wrong row is told in a sentence, on the console and in the
    test's rows. Zero rows pass: gold is something a site may not have yet.
#}
{% test valid_gold_labels(model, taxonomy) %}
{%- set wrong -%}
with gold as (
    select * from {{ model }}
),

leaves as (
    select distinct intent_id from {{ taxonomy }}
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
    where not {{ clickintent.has_match("coalesce(session_id, '')", '^[0-9a-f]{32}$') }}
    union all
    select
        'seeds/gold_labels.csv has session ' || session_id || ' in ' || cast(row_count as {{ dbt.type_string() }}) || ' rows: keep one.' as problem
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
{%- endset %}
{{ clickintent.told_problems(wrong) }}
{% endtest %}
