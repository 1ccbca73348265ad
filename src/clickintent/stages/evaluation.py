"""Stage `eval_labels`: the demo's intents against the simulator's truth."""

from typing import Final

import polars as pl

from clickintent.evaluation import (
    EVALUATION_SCHEMA,
    entry_group_baseline,
    evaluate_by_intent,
    evaluate_predictions,
    keyword_baseline,
    surest,
)
from clickintent.stages.labelers import embedding_labeler
from clickintent.stages.run import Run
from clickintent.stages.session_labels import active_taxonomy
from clickintent.taxonomy import Taxonomy
from clickintent.warehouse import Relation

COVERAGES: Final = (1.0, 0.9, 0.8)
"""Shares of sessions, the surest first, that the embedding labeler and the student are asked to answer."""


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
    narratives: Relation,
    encoders: Relation,
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
            scored.probability, labels.labeler, labels.intent_id as labeled_intent_id, sampled.weight
        from {run.source(truth)} as truth
        inner join {run.source(sessions)} as sessions on sessions.session_id = truth.session_id
        inner join {run.source(intents)} as scored on scored.session_id = truth.session_id
        left join {run.source(pages)} as entry_pages on entry_pages.page_key = sessions.entry_page
        left join (
            select * from {run.source(labels)} as labels where rank = 1
        ) as labels on labels.session_id = truth.session_id
        left join {run.source(sample)} as sampled on sampled.session_id = labels.session_id
        where not sessions.is_bot
        order by truth.session_id
        """
    )
    leaves = active_taxonomy(run, taxonomy)
    parents = {leaf: leaves.parent_of(leaf) for leaf in leaves.leaf_ids}
    if parents.keys().isdisjoint(judged["intent_id"]):
        return run.nothing(EVALUATION_SCHEMA)  # a taxonomy with other ids than the truth's cannot be right or wrong
    guessed = _guesses(run, leaves, narratives, sample, encoders)
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
            **_labelers(judged.with_columns(labeled_intent_id=labeled)),
            "majority": judged.select(
                "session_id", prediction=pl.col(truth_column).mode().sort().first().over("channel")
            ),
            "oracle": judged.select("session_id", prediction=f"oracle_intent{suffix}"),
        }
        if task == "level_1":
            predictions |= _level_1_baselines(run, judged, gold, sequences, pages, leaves)
        at_coverages = _at_coverages(
            {
                "embedded labeler": guessed.with_columns(prediction=pl.col("prediction").replace(parents))
                if task == "level_1"
                else guessed,
                "session_intents": judged.select(
                    "session_id", prediction=scored, score="probability", weight=pl.lit(1.0)
                ),
            }
        )
        evaluated.append(evaluate_predictions(task, gold, predictions | at_coverages, run.now))
        evaluated.append(evaluate_by_intent(task, gold, at_coverages, run.now))
    return run.rows(pl.concat(evaluated), EVALUATION_SCHEMA)


def _labelers(judged: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """What each labeler said of its sample: a language model's labels are not the embedding labeler's."""
    # the sample has more of the rare kinds of session than there are: the weights take that back
    labeled = judged.filter(pl.col("weight") > 0).select(
        "session_id", "labeler", "weight", prediction="labeled_intent_id"
    )
    return {
        f"{labeler} labeler, on its sample": labels.drop("labeler")
        for (labeler,), labels in labeled.sort("labeler", "session_id").group_by("labeler", maintain_order=True)
    }


def _guesses(run: Run, leaves: Taxonomy, narratives: Relation, sample: Relation, encoders: Relation) -> pl.DataFrame:
    """The embedding labeler without abstention on its sample: session_id, prediction, score, weight."""
    sampled = run.warehouse.read(
        f"""
        select narratives.session_id, narratives.narrative, sampled.weight
        from {run.source(narratives)} as narratives
        inner join {run.source(sample)} as sampled on sampled.session_id = narratives.session_id
        where sampled.weight > 0
        order by narratives.session_id
        """
    )
    guesses = embedding_labeler(run, leaves, encoders).guess(sampled["narrative"].to_list())
    return sampled.select(
        "session_id",
        "weight",
        prediction=pl.Series(guesses.intent_ids, dtype=pl.String),
        score=pl.Series(guesses.margins, dtype=pl.Float64),
    )


def _at_coverages(models: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    return {
        f"{model}, {coverage:.0%} coverage": surest(predictions, coverage)
        for model, predictions in models.items()
        for coverage in COVERAGES
    }


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
