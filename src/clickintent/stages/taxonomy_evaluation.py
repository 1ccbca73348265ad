"""Stage `eval_taxonomy`: the taxonomy in force, whatever it calls its intents, against the demo's truth."""

from typing import Final

import polars as pl

from clickintent.evaluation.partitions import PARTITION_SCHEMA, partition_rows
from clickintent.stages.run import Run, Schema
from clickintent.warehouse import Relation

TAXONOMY_EVALUATION_SCHEMA: Final[Schema] = {
    "taxonomy_version": pl.String,
    **PARTITION_SCHEMA,
    "evaluated_at": pl.Datetime("us"),
}


def evaluate_demo_taxonomy(
    run: Run, *, truth: Relation, sessions: Relation, intents: Relation, labels: Relation, taxonomy: Relation
) -> Relation:
    """Rows of `eval_taxonomy`: leaves and groups, as the labeler and the classifier give them.

    Args:
        run: the dbt run.
        truth: `demo_truth`.
        sessions: `sessions`.
        intents: `session_intents`.
        labels: `session_labels`.
        taxonomy: `intent_taxonomy`.
    """
    if run.is_empty:
        return run.nothing(TAXONOMY_EVALUATION_SCHEMA)
    judged = run.warehouse.read(
        f"""
        select
            sessions.visitor_id, sessions.channel, truth.intent_id as truth_l2, truth.intent_l1 as truth_l1,
            leaves.taxonomy_version, given.model, leaves.intent_id as level_2, leaves.parent_intent_id as level_1
        from (
            select session_id, intent_id, 'session_intents' as model from {run.source(intents)} as intents
            where not is_abstained
            union all
            select session_id, intent_id, labeler || ' labeler, on its sample' from {run.source(labels)} as labels
            where status = 'ok' and rank = 1
        ) as given
        inner join {run.source(truth)} as truth on truth.session_id = given.session_id
        inner join {run.source(sessions)} as sessions on sessions.session_id = given.session_id
        inner join {run.source(taxonomy)} as leaves on leaves.intent_id = given.intent_id and leaves.status = 'active'
        where not sessions.is_bot and truth.intent_id is not null
        order by given.model, given.session_id
        """
    )
    rows = [
        {**row, "taxonomy_version": version, "evaluated_at": run.now}
        for (version, model), given in judged.group_by("taxonomy_version", "model", maintain_order=True)
        for level in ("1", "2")
        for row in partition_rows(
            f"level_{level}",
            str(model),
            given.select("visitor_id", "channel", truth=f"truth_l{level}", prediction=f"level_{level}"),
        )
    ]
    return run.rows(pl.DataFrame(rows, schema=TAXONOMY_EVALUATION_SCHEMA), TAXONOMY_EVALUATION_SCHEMA)
