"""What a ranker could read out of a representation about sensitive intents, and what masking pages takes away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.preprocessing import normalize

from clickintent.evaluation.classification import Ranked
from clickintent.evaluation.figures import Interval, bootstrap
from clickintent.evaluation.probes import Features, Ranking, cross_fitted_scores, macro_f1, person_folds

MIN_SENSITIVE: Final = 20
"""To train on and to judge by: fewer tell nothing."""
MIN_PAGE_SESSIONS: Final = 5
TELLING_LIFT: Final = 5.0
"""A page whose sessions are sensitive so many times as often as sessions are tells of them, whatever its name."""


@dataclass(frozen=True)
class Probed:
    """n sessions or people, and how each model's probe scores them.

    Attributes:
        persons: int64[n].
        segments: name -> bool[n], the parts that figures are told of.
        scores: model -> float64[n].
        is_sensitive: model -> bool[n], what the scores are judged by: dealt out anew for a control.
        train_n: what the probes were fitted on.
    """

    persons: NDArray[np.int64]
    segments: Mapping[str, NDArray[np.bool_]]
    scores: Mapping[str, NDArray[np.float64]]
    is_sensitive: Mapping[str, NDArray[np.bool_]]
    train_n: int


def probe(
    features: Features,
    is_sensitive: NDArray[np.bool_],
    persons: NDArray[np.int64],
    *,
    train: NDArray[np.bool_],
    test: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Score of each test row by a linear probe for what is sensitive, fitted on other people: float64[test rows]."""
    scores, classes = cross_fitted_scores(features, is_sensitive, person_folds(persons), train=train, test=test)
    return scores[:, np.searchsorted(classes, True)] if classes.any() else np.zeros(int(test.sum()))


def probe_figures(probed: Probed, reference: str) -> dict[tuple[str, str], tuple[dict[str, Interval], int]]:
    """How well each model's scores tell what is sensitive, with 95% intervals by person.

    Args:
        probed: the scores.
        reference: the model that gains are over: below 0 where a masked one gives less away.

    Returns:
        (model, segment) -> figures, and how many rows they are of: 'auroc' and 'pr_auc' of each model; of the reference
        the 'sensitive_share', which is the pr_auc of a guess; of others that are judged by the same labels
        'auroc_gain_over_REFERENCE' and 'pr_auc_gain_over_REFERENCE'. A segment with too few sensitive rows is left out.
    """
    found = {}
    for segment, is_in in probed.segments.items():
        truth = {model: labels[is_in] for model, labels in probed.is_sensitive.items()}
        own = truth[reference]
        if min(own.sum(), (~own).sum()) < MIN_SENSITIVE:
            continue
        rankings = {
            model: (Ranking.of(scores[is_in], truth[model]), Ranked(scores[is_in], truth[model]))
            for model, scores in probed.scores.items()
        }
        alike = [model for model in rankings if model != reference and np.array_equal(truth[model], own)]

        def of(
            rows: NDArray[np.int64],
            rankings: Mapping[str, tuple[Ranking, Ranked]] = rankings,
            own: NDArray[np.bool_] = own,
            alike: Sequence[str] = alike,
        ) -> dict[str, float]:
            times = np.bincount(rows, minlength=len(own)).astype(np.float64)
            told = {f"{model}/auroc": float(ranking.auroc(rows)[0]) for model, (ranking, _) in rankings.items()}
            told |= {f"{model}/pr_auc": ranked.average_precision(times) for model, (_, ranked) in rankings.items()}
            gains = {
                f"{model}/{name}_gain_over_{reference}": told[f"{model}/{name}"] - told[f"{reference}/{name}"]
                for model in alike
                for name in ("auroc", "pr_auc")
            }
            return told | gains | {f"{reference}/sensitive_share": float(own[rows].mean())}

        figures = bootstrap(probed.persons[is_in], of)
        for model in rankings:
            named = {name.split("/")[1]: told for name, told in figures.items() if name.split("/")[0] == model}
            found[model, segment] = (named, len(own))
    return found


def leaf_f1(
    features: Features,
    intents: NDArray[np.int64],
    persons: NDArray[np.int64],
    *,
    train: NDArray[np.bool_],
    test: NDArray[np.bool_],
) -> Interval:
    """Macro F1 of a linear head for the leaves of sessions, those trained on alone: what a mask costs elsewhere."""
    scores, classes = cross_fitted_scores(features, intents, person_folds(persons), train=train, test=test)
    guessed, truth, count = classes[scores.argmax(axis=1)], intents[test], int(intents.max()) + 1
    figures = bootstrap(persons[test], lambda rows: {"f1": macro_f1(truth[rows], guessed[rows], count)})
    return figures["f1"]


def telling_pages(page_keys: pl.Series, is_sensitive: pl.Series) -> list[str]:
    """Pages that stand in sensitive sessions far more often than others, of at least so many sessions.

    Args:
        page_keys: list of pages of each session.
        is_sensitive: whether it is of a sensitive intent.
    """
    base = is_sensitive.mean()
    visits = (
        pl.DataFrame({"page_key": page_keys.list.unique(), "is_sensitive": is_sensitive})
        .explode("page_key")
        .drop_nulls("page_key")
        .group_by("page_key")
        .agg(sessions=pl.len(), share=pl.col("is_sensitive").mean())
    )
    told = visits.filter(pl.col("sessions") >= MIN_PAGE_SESSIONS, pl.col("share") >= TELLING_LIFT * pl.lit(base))
    return told.filter(pl.col("share") > 0)["page_key"].sort().to_list()


def masked(sequences: pl.DataFrame, pages: list[str]) -> pl.DataFrame:
    """The sessions with null in place of those pages: what was done on them still shows."""
    element = pl.element()
    is_masked = element.is_in(pages)
    return sequences.with_columns(pl.col("page_keys").list.eval(pl.when(~is_masked).then(element)))


def left_out(sequences: pl.DataFrame, pages: list[str], lists: list[str]) -> pl.DataFrame:
    """The sessions without the events on those pages.

    Args:
        sequences: page_keys and the columns `lists`, lists of one length.
        pages: the pages.
        lists: columns that are lists, one item an event.
    """
    exploded = sequences.select(lists).with_row_index("row").explode(lists, empty_as_null=False)
    kept = exploded.filter(~pl.col("page_keys").is_in(pages).fill_null(False))
    gathered = kept.group_by("row", maintain_order=True).agg(lists)
    rows = pl.DataFrame({"row": pl.Series(range(sequences.height), dtype=pl.get_index_type())})
    whole = rows.join(gathered, on="row", how="left", maintain_order="left")
    filled = whole.with_columns(pl.col(name).fill_null(pl.lit([], dtype=sequences.schema[name])) for name in lists)
    return sequences.with_columns(filled.select(lists))


def people(
    features: Features,
    is_sensitive: NDArray[np.bool_],
    persons: NDArray[np.int64],
    is_train: NDArray[np.bool_],
) -> tuple[Features, NDArray[np.bool_], NDArray[np.int64], NDArray[np.bool_]]:
    """The mean of a person's sessions, before and after a split apart, and whether any of them is sensitive.

    Args:
        features: [n, d].
        is_sensitive: bool[n].
        persons: int64[n].
        is_train: bool[n], the sessions before the split.

    Returns:
        Features [m, d] of unit length, bool[m], int64[m] persons, bool[m] before the split.
    """
    sides, rows = np.unique(np.stack([persons, is_train.astype(np.int64)]), axis=1, return_inverse=True)
    sums = csr_matrix((np.ones(len(rows)), (rows, np.arange(len(rows)))), shape=(sides.shape[1], len(rows)))
    has_sensitive = np.bincount(rows[is_sensitive], minlength=sides.shape[1]) > 0
    return normalize(sums @ features), has_sensitive, sides[0], sides[1].astype(bool)
