{#
    Sessions since the training are still like those of the training: of each channel with at least `min_sessions` of them,
    at most `max_new_page_share` of the page events are on pages that came after it, and the mean embedding has moved by at
    most `max_embedding_shift` of the spread that sessions had. No row passes: nothing was trained, or nothing came since.
#}
{% test encoder_drift(model, max_new_page_share=0.2, max_embedding_shift=0.25, min_sessions=500) %}
with drift as (
    select * from {{ model }}
    where session_count >= {{ min_sessions }}
),

problems as (
    select
        'share of page events on new pages is above {{ max_new_page_share }}' as problem,
        encoder_version,
        channel,
        new_page_event_share as value
    from drift
    where new_page_event_share > {{ max_new_page_share }}
    union all
    select
        'mean embedding has moved by more than {{ max_embedding_shift }} of the spread' as problem,
        encoder_version,
        channel,
        embedding_shift as value
    from drift
    where embedding_shift > {{ max_embedding_shift }}
)

select * from problems
{%- if flags.EMPTY %}
where 1 = 0
{%- endif %}
{% endtest %}
