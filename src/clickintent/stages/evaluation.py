"""Stage `eval_labels`: the demo's intents against the simulator's truth."""

import polars as pl

from clickintent.evaluation import (
    EVALUATION_SCHEMA,
    entry_group_baseline,
    evaluate_predictions,
    keyword_baseline,
)
from clickintent.stages.run import Run
from clickintent.taxonomy import Taxonomy, read_taxonomy
from clickintent.warehouse import Relation


def evaluate_demo_labels(
    run: Run,
    *,
    truth: Relation,
    sessions: Relation,
    sequences: Relation,
    pages: Relation,
    intents: Relation,
    labels: Relation,
    sample: Relation,
    taxonomy: Relation,
) -> Relation:
    """Rows of `eval_labels`: tasks 'level_1' and 'level_2', ours beside the baselines and the oracle."""
    if run.is_empty:
        return run.nothing(EVALUATION_SCHEMA)
    judged = run.warehouse.read(
        f"""
        select
            truth.session_id, truth.intent_id, truth.intent_l1, truth.oracle_intent_id, truth.oracle_intent_l1,
            sessions.visitor_id, sessions.channel, entry_pages.page_group as entry_group,
            scored.intent_id as scored_intent_id, scored.intent_l1 as scored_intent_l1, scored.is_abstained,
            labels.labeler, labels.intent_id as labeled_intent_id, sample.weight
        from {run.source(truth)} as truth
        inner join {run.source(sessions)} as sessions on sessions.session_id = truth.session_id
        inner join {run.source(intents)} as scored on scored.session_id = truth.session_id
        left join {run.source(pages)} as entry_pages on entry_pages.page_key = sessions.entry_page
        left join (
            select * from {run.source(labels)} as labels where rank = 1
        ) as labels on labels.session_id = truth.session_id
        left join {run.source(sample)} as sample on sample.session_id = labels.session_id
        where not sessions.is_bot
        order by truth.session_id
        """
    )
    leaves = read_taxonomy(
        run.warehouse.read(f"select * from {run.source(taxonomy)} as taxonomy where status = 'active'")
    )
    parents = {leaf: leaves.parent_of(leaf) for leaf in leaves.leaf_ids}
    if parents.keys().isdisjoint(judged["intent_id"]):
        return run.nothing(EVALUATION_SCHEMA)  # a taxonomy with other ids than the truth's cannot be right or wrong
    evaluated = []
    for task, truth_column, suffix in (("level_1", "intent_l1", "_l1"), ("level_2", "intent_id", "_id")):
        gold = judged.select("session_id", "visitor_id", "channel", truth=truth_column)
        scored = pl.col(f"scored_intent{suffix}")
        labeled = pl.col("labeled_intent_id")
        if task == "level_1":
            labeled = labeled.replace_strict(parents, default=None)
        predictions = {
            "session_intents": judged.select("session_id", prediction=pl.when(~pl.col("is_abstained")).then(scored)),
            "session_intents, never abstaining": judged.select("session_id", prediction=scored),
            # the sample has more of the rare kinds of session than there are: the weights take that back
            "embedding labeler, on its sample": judged.filter(pl.col("weight") > 0).select(
                "session_id", "weight", prediction=labeled
            ),
            "majority": judged.select(
                "session_id", prediction=pl.col(truth_column).mode().sort().first().over("channel")
            ),
            "oracle": judged.select("session_id", prediction=f"oracle_intent{suffix}"),
        }
        if task == "level_1":
            predictions |= _level_1_baselines(run, judged, gold, sequences, pages, leaves)
        evaluated.append(evaluate_predictions(task, gold, predictions, run.now))
    return run.rows(pl.concat(evaluated), EVALUATION_SCHEMA)


def _level_1_baselines(
    run: Run, judged: pl.DataFrame, gold: pl.DataFrame, sequences: Relation, pages: Relation, leaves: Taxonomy
) -> dict[str, pl.DataFrame]:
    """Keyword match, with the majority where no keyword occurs, and the entry page's group."""
    page_keys = run.warehouse.read(
        f"select session_id, page_keys from {run.source(sequences)} as sequences where not is_bot order by session_id"
    )
    page_texts = run.warehouse.read(f"select page_key, text from {run.source(pages)} as pages")
    matched = keyword_baseline(page_keys.join(judged, on="session_id", how="semi"), page_texts, leaves)
    majority = gold["truth"].mode().sort().first()
    entered = judged.select("session_id", "visitor_id", "channel", "entry_group", truth="intent_l1")
    return {
        "keyword match": matched.select("session_id", prediction=pl.col("intent_l1").fill_null(majority)),
        "keyword match, where it matches": matched.select("session_id", prediction="intent_l1"),
        "entry page group": entry_group_baseline(entered).select("session_id", prediction="intent_l1"),
    }
