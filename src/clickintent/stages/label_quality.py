"""Stage `label_quality`: labels and intents against what people say of the same sessions."""

import logging

from clickintent.labeling.quality import QUALITY_SCHEMA, label_quality
from clickintent.stages.gold import with_merges_followed
from clickintent.stages.run import Run
from clickintent.stages.session_labels import active_taxonomy
from clickintent.warehouse import Relation

_log = logging.getLogger(__name__)


def judge_labels(
    run: Run,
    *,
    gold: Relation,
    sessions: Relation,
    session_events: Relation,
    events: Relation,
    labels: Relation,
    intents: Relation,
    taxonomy: Relation,
) -> Relation:
    """Rows of `label_quality`; none without gold labels."""
    if run.is_empty:
        return run.nothing(QUALITY_SCHEMA)
    # a session of many languages goes by the one of most of its events, the first in the alphabet of equals
    known = run.warehouse.read(
        f"""
        with gold as {run.source(gold)},

        languages as (
            select session_events.session_id, lower(left(events.language, 2)) as language
            from {run.source(session_events)} as session_events
            inner join gold on gold.session_id = session_events.session_id
            inner join {run.source(events)} as events on events.event_id = session_events.event_id
            where events.language is not null
            group by session_events.session_id, lower(left(events.language, 2))
            qualify row_number() over (
                partition by session_events.session_id
                order by count(*) desc nulls last, lower(left(events.language, 2))
            ) = 1
        )

        select gold.session_id, gold.intent_id, gold.shown_because, sessions.channel,
            coalesce(languages.language, 'unknown') as language
        from gold
        left join {run.source(sessions)} as sessions on sessions.session_id = gold.session_id
        left join languages on languages.session_id = gold.session_id
        order by gold.session_id
        """
    )
    if known.is_empty():
        _log.info("No gold labels yet, so label_quality is empty: `clickintent taxonomy review` collects some.")
    answers = run.warehouse.read(
        f"""
        with gold as {run.source(gold)}

        select 'labels' as judged, labels.session_id, labels.intent_id
        from {run.source(labels)} as labels
        inner join gold on gold.session_id = labels.session_id
        where labels.rank = 1
        union all
        select 'student' as judged, intents.session_id,
            case when not intents.is_abstained then intents.intent_id end as intent_id
        from {run.source(intents)} as intents
        inner join gold on gold.session_id = intents.session_id
        """
    )
    leaves = active_taxonomy(run, taxonomy)
    known = with_merges_followed(run, known, taxonomy)
    parents = {leaf: leaves.parent_of(leaf) for leaf in leaves.leaf_ids}
    return run.rows(label_quality(known, answers, parents), QUALITY_SCHEMA)
