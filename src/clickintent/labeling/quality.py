"""How far labels and intents agree with what people say: shares and kappa with intervals, and how much gold they need.

Estimates use gold sessions that were drawn at random. Those shown because they were hard say where to look, and would
make every figure too low.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.stats import binomtest, norm  # type: ignore[import-untyped,unused-ignore]

from clickintent.labeling.session_label import NO_INTENT

QUALITY_SCHEMA: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "judged": pl.String,
    "channel": pl.String,
    "language": pl.String,
    "metric": pl.String,
    "intent_id": pl.String,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "n": pl.Int64,
}
ALL: Final = "all"
RANDOM: Final = "random"
"""`shown_because` of the gold sessions that estimates may use."""

HALF_WIDTH: Final = 0.05
"""Of the interval that `gold_needed` is about: 5 points either way."""

_CONFIDENCE: Final = 0.95
_DRAWS: Final = 1000
_SEED: Final = 7


class Estimate(NamedTuple):
    """A figure with its 95% interval; None where there is nothing to tell it from."""

    value: float | None
    low: float | None
    high: float | None


def label_quality(gold: pl.DataFrame, answers: pl.DataFrame, parents: dict[str, str]) -> pl.DataFrame:
    """Rows of `label_quality`.

    Args:
        gold: one row per gold label: session_id, intent_id (a leaf or `NO_INTENT`), shown_because, and of its session
            channel and language, null where there is no such session any more.
        answers: judged ('labels' or 'student'), session_id, intent_id (null where it abstained); sessions without a
            row were not answered for and are left out.
        parents: leaf -> group, of the taxonomy in force. Gold of another leaf is counted and not judged.

    Returns:
        Rows by QUALITY_SCHEMA; none without gold.
    """
    if gold.is_empty():
        return pl.DataFrame(schema=QUALITY_SCHEMA)
    is_there = pl.col("channel").is_not_null()
    is_known = pl.col("intent_id").is_in([*parents, NO_INTENT])
    usable = gold.filter(is_there & is_known & (pl.col("shown_because") == RANDOM))
    rows = list(_counts(gold, is_there, is_known))
    for judged in ("labels", "student"):
        of_judge = answers.filter(pl.col("judged") == judged)
        both = usable.select("session_id", "channel", "language", gold="intent_id").join(
            of_judge.select("session_id", answer=pl.col("intent_id").fill_null(NO_INTENT)), on="session_id"
        )
        rows += [{"judged": judged, **row} for row in _judge(both.sort("session_id"), parents)]
    return pl.DataFrame(rows, schema=QUALITY_SCHEMA)


def follow_merges(intent_id: str, went_into: Mapping[str, str]) -> str:
    """The leaf that a leaf has become by merges, itself where it was not merged.

    Args:
        intent_id: a leaf, in force or not.
        went_into: leaf -> leaf that it was merged into.
    """
    passed = {intent_id}
    while (into := went_into.get(intent_id)) is not None and into not in passed:
        passed.add(into)
        intent_id = into
    return intent_id


def share(successes: int, n: int) -> Estimate:
    """A share with its Wilson interval (Wilson 1927), which holds near 0 and 1 and for few rows too."""
    if n == 0:
        return Estimate(None, None, None)
    interval = binomtest(successes, n).proportion_ci(_CONFIDENCE, method="wilson")
    return Estimate(successes / n, float(interval.low), float(interval.high))


def kappa(gold: Sequence[str], answers: Sequence[str]) -> Estimate:
    """Cohen's kappa (1960): agreement beyond what the two would reach by chance; interval by bootstrap.

    Args:
        gold: n categories.
        answers: n categories.

    Returns:
        Without a value where chance alone explains everything, such as one category on both sides.
    """
    names, codes = np.unique(np.asarray([*gold, *answers]), return_inverse=True)
    n = len(gold)
    if n == 0:
        return Estimate(None, None, None)
    pairs, counts = np.unique(np.stack([codes[:n], codes[n:]], axis=1), axis=0, return_counts=True)
    value = _kappa_of(counts[None, :], pairs, len(names))[0]
    if np.isnan(value):
        return Estimate(None, None, None)
    drawn = np.random.default_rng(_SEED).multinomial(n, counts / n, size=_DRAWS)
    tail = 100 * (1 - _CONFIDENCE) / 2
    low, high = np.nanpercentile(_kappa_of(drawn, pairs, len(names)), [tail, 100 - tail])
    return Estimate(float(value), float(low), float(high))


def gold_needed(agreement: float, half_width: float = HALF_WIDTH) -> int:
    """How many random gold labels make the Wilson interval of a share at most `half_width` wide on either side.

    Args:
        agreement: the share, 0 to 1, as far as it is known.
        half_width: half of the interval's width, above 0.
    """
    z = float(norm.ppf((1 + _CONFIDENCE) / 2))
    most = int(np.ceil((z / (2 * half_width)) ** 2)) + 1
    n = np.arange(1, most + 1)
    width = z * np.sqrt(agreement * (1 - agreement) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    too_wide = np.flatnonzero(width > half_width)
    return int(n[too_wide[-1]]) + 1 if len(too_wide) else 1


def _kappa_of(counts: npt.NDArray[np.int64], pairs: npt.NDArray[np.int64], categories: int) -> npt.NDArray[np.float64]:
    """Kappa of d tables, each given by the counts of the same pairs (d x pairs); NaN where it is not defined."""
    n = counts.sum(axis=1)
    one = np.eye(categories)
    by_chance = ((counts @ one[pairs[:, 0]]) * (counts @ one[pairs[:, 1]])).sum(axis=1) / n**2
    agreed = counts[:, pairs[:, 0] == pairs[:, 1]].sum(axis=1) / n
    beyond = 1 - by_chance
    is_defined = beyond > 1e-12  # noqa: PLR2004 - rounding, not a limit
    return np.where(is_defined, (agreed - by_chance) / np.where(is_defined, beyond, 1.0), np.nan)


def _judge(both: pl.DataFrame, parents: dict[str, str]) -> Iterator[dict[str, object]]:
    groups = [(ALL, ALL, both)] if both.height else []
    groups += [(channel, ALL, both.filter(channel=channel)) for channel in both["channel"].unique().sort()]
    groups += [(ALL, language, both.filter(language=language)) for language in both["language"].unique().sort()]
    for channel, language, chosen in groups:
        for metric, n, figures in _figures(chosen, parents):
            yield _row(metric, n, figures, channel=channel, language=language)
    for leaf in sorted({*both["gold"], *both["answer"]} - {NO_INTENT}):
        answered, wanted = both.filter(answer=leaf), both.filter(gold=leaf)
        right = answered.filter(gold=leaf).height
        yield _row("precision", answered.height, share(right, answered.height), intent_id=leaf)
        yield _row("recall", wanted.height, share(right, wanted.height), intent_id=leaf)


def _figures(both: pl.DataFrame, parents: dict[str, str]) -> Iterator[tuple[str, int, Estimate]]:
    n = both.height
    is_answered = pl.col("answer") != NO_INTENT
    is_right = pl.col("gold") == pl.col("answer")
    agreed = share(both.filter(is_right).height, n)
    yield "agreement", n, agreed
    yield "kappa", n, kappa(both["gold"].to_list(), both["answer"].to_list())
    in_groups = both.with_columns(pl.col("gold", "answer").replace(parents))
    yield "agreement_level_1", n, share(in_groups.filter(is_right).height, n)
    answered = both.filter(is_answered)
    yield "precision", answered.height, share(answered.filter(is_right).height, answered.height)
    yield "coverage", n, share(answered.height, n)
    if agreed.value is not None and agreed.low is not None and agreed.high is not None:
        at_ends = [gold_needed(end) for end in (agreed.low, agreed.value, agreed.high)]
        yield "gold_needed", n, Estimate(gold_needed(agreed.value), min(at_ends), max(at_ends))


def _counts(gold: pl.DataFrame, is_there: pl.Expr, is_known: pl.Expr) -> Iterator[dict[str, object]]:
    """What became of the gold labels; each is in one of the four."""
    is_random = pl.col("shown_because") == RANDOM
    for metric, chosen in (
        ("without_session", ~is_there),
        ("of_no_active_leaf", is_there & ~is_known),
        ("usable_random", is_there & is_known & is_random),
        ("usable_chosen", is_there & is_known & ~is_random),
    ):
        found = float(gold.filter(chosen).height)
        yield {"judged": "gold", **_row(metric, gold.height, Estimate(found, None, None))}


def _row(
    metric: str,
    n: int,
    figures: Estimate,
    *,
    channel: str = ALL,
    language: str = ALL,
    intent_id: str | None = None,
) -> dict[str, object]:
    return {
        "channel": channel,
        "language": language,
        "metric": metric,
        "intent_id": intent_id,
        "value": figures.value,
        "low": figures.low,
        "high": figures.high,
        "n": n,
    }
