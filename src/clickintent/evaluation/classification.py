"""Figures of class probabilities, weighted, with what one model gains over another on the same people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clickintent.evaluation.figures import Interval, Rows, bootstrap

Floats = NDArray[np.float64]

METRICS: Final = ("micro_f1", "macro_f1", "log_loss", "pr_auc")
LOWER_IS_BETTER: Final = frozenset({"log_loss"})
_LEAST_PROBABILITY: Final = 1e-12


@dataclass(frozen=True)
class Guesses:
    """What several models said of the same n examples.

    Attributes:
        probabilities: model -> float64[n, classes].
        labels: int64[n], the class it was.
        weights: float64[n], how much an example counts.
        owners: int64[n], whose it is.
        outcomes: classes whose precision and recall are looked at; the others, such as 'none', are what is left.
    """

    probabilities: Mapping[str, Floats]
    labels: NDArray[np.int64]
    weights: Floats
    owners: NDArray[np.int64]
    outcomes: Sequence[int]


def classification_figures(guesses: Guesses, baselines: Sequence[str] = ()) -> dict[str, dict[str, Interval]]:
    """Model -> metric -> figure with its interval by owner.

    'micro_f1' is the share that the likeliest class is right, and 'macro_f1' its mean over the classes that occur;
    'log_loss' is in nats; 'pr_auc' is average precision, the mean over the outcomes that occur. What a model gains over
    a baseline is '<metric>_gain_over_<baseline>', above 0 where the model is better, with the interval of the paired
    difference.

    Args:
        guesses: of the models.
        baselines: models that every other one is compared with, where they are there.
    """
    measured = {
        model: _Measured(chances, guesses.labels, guesses.outcomes) for model, chances in guesses.probabilities.items()
    }

    def statistic(rows: Rows) -> dict[str, float]:
        weights = guesses.weights * np.bincount(rows, minlength=len(guesses.labels))
        return {
            f"{model}\n{metric}": figure
            for model, one in measured.items()
            for metric, figure in one.figures(weights).items()
        }

    def with_gains(rows: Rows) -> dict[str, float]:
        found = statistic(rows)
        for baseline in baselines:
            for model in measured if baseline in measured else ():
                for metric in METRICS if model != baseline else ():
                    sign = -1 if metric in LOWER_IS_BETTER else 1
                    gain = sign * (found[f"{model}\n{metric}"] - found[f"{baseline}\n{metric}"])
                    found[f"{model}\n{metric}_gain_over_{slug(baseline)}"] = gain
        return found

    figures: dict[str, dict[str, Interval]] = {model: {} for model in measured}
    for name, figure in bootstrap(guesses.owners, with_gains).items():
        model, metric = name.split("\n")
        figures[model][metric] = figure
    return figures


def slug(model: str) -> str:
    """A model's name as part of a metric's."""
    return model.replace(" + ", "_and_").replace(" ", "_")


class _Measured:
    """A model's guesses, sorted once: a resample only changes the weights."""

    def __init__(self, probabilities: Floats, labels: NDArray[np.int64], outcomes: Sequence[int]) -> None:
        self.classes = probabilities.shape[1]
        self.surprise = -np.log(np.maximum(probabilities[np.arange(len(labels)), labels], _LEAST_PROBABILITY))
        self.cell = labels * self.classes + probabilities.argmax(axis=1)
        self.ranked = [Ranked(probabilities[:, outcome], labels == outcome) for outcome in outcomes]

    def figures(self, weights: Floats) -> dict[str, float]:
        total = weights.sum()
        if total == 0:
            return dict.fromkeys(METRICS, float("nan"))
        cells = np.bincount(self.cell, weights, self.classes**2).reshape(self.classes, self.classes)
        right, there, guessed = np.diag(cells), cells.sum(axis=1), cells.sum(axis=0)
        is_there = there > 0
        precisions = [ranked.average_precision(weights) for ranked in self.ranked]
        told = [precision for precision in precisions if not np.isnan(precision)]
        return {
            "micro_f1": float(right.sum() / total),
            "macro_f1": float(np.mean(2 * right[is_there] / (there + guessed)[is_there])),
            "log_loss": float(weights @ self.surprise / total),
            "pr_auc": float(np.mean(told)) if told else float("nan"),
        }


class Ranked:
    """Examples in the order of a score, by which those of a class are to come first; equal ones are answered together.

    Args:
        scores: float64[n].
        is_class: bool[n].
    """

    def __init__(self, scores: Floats, is_class: NDArray[np.bool_]) -> None:
        self.order = np.argsort(-scores, kind="stable")
        in_order = scores[self.order]
        ends = np.flatnonzero(np.append(in_order[1:] != in_order[:-1], True))
        # recall only rises where one of the class is: the other places are passed over
        places = np.flatnonzero(is_class[self.order])
        self.members = self.order[places]
        self.answered_until = ends[np.searchsorted(ends, places)]

    def average_precision(self, weights: Floats) -> float:
        """Precision averaged over the steps of recall, by float64[n] weights; NaN where nothing is of the class."""
        steps = weights[self.members]
        total = steps.sum()
        if total == 0:
            return float("nan")
        answered = np.cumsum(weights[self.order])[self.answered_until]
        # those of one place are found together: what was found is that at the last of them
        found = np.cumsum(steps)
        is_last = np.append(self.answered_until[1:] != self.answered_until[:-1], True)
        found = found[is_last][np.cumsum(np.append(0, is_last[:-1]))]
        is_step = steps > 0
        return float((steps[is_step] * found[is_step] / answered[is_step]).sum() / total)
