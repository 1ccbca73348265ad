"""What follows from figures, in words: each sentence changes side when its figure does."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from clickintent.report.figures import GAIN, Figure, Figures, against, interval, number, share

ALIGNMENT_AIM: Final = 0.8
KEPT_AIM: Final = 0.97
KEPT_IN_PAPER: Final = 0.93
GAP_AIM: Final = 0.5
PAPER: Final = "arXiv 2606.26277"
PAPER_GAINS: Final = {"recall": 0.0188, "log_loss": 0.1338}
"""What web embeddings add to a ranker of tiles in the paper: more macro Recall@1, less log loss."""
CONTROL_TOLERANCE: Final = 0.02
"""A control is at chance within so much: one deal of labels is not the mean of all."""
_NAMES: Final = {
    "micro_f1": "micro F1",
    "macro_f1": "macro F1",
    "log_loss": "log loss",
    "pr_auc": "PR-AUC",
    "auroc": "AUROC",
    "mrr": "MRR",
    "ndcg": "NDCG",
}
_CIRCULAR: Final = " The embedded labeler reads what the student reads, so that this is circular."
_LEAST_FLATTERY: Final = 0.02


def sentences_of(table: str, figures: Figures) -> list[str]:
    """The sentences of a table, in the order of what matters; none for figures that say nothing."""
    told = _TELLERS.get(table, _gains)
    return list(told(figures))


def gain_sentence(figures: Figures, gain: Figure) -> str:
    """Whether a model is better than what it is compared with, by the interval of the difference."""
    metric, _, slug = gain.metric.partition(GAIN)
    reference = figures.model_of(slug)
    if gain.value == gain.low == gain.high == 0:
        return f"{_where(gain)}'{gain.model}' does as '{reference}' does: no difference in {_named(metric)}."
    verdict = {
        "above": f"'{gain.model}' is better than '{reference}'",
        "below": f"'{gain.model}' is worse than '{reference}'",
        "unsure": f"Whether '{gain.model}' or '{reference}' is better cannot be told",
    }[against(gain, 0)]
    return f"{_where(gain)}{verdict}: {_gained(metric, gain.value)} {interval(gain)}."


def _conversion(figures: Figures) -> Iterator[str]:
    for task in figures.tasks():
        for row in figures.all(task=task, model="embedding"):
            metric, _, reference = row.metric.partition(GAIN)
            if metric in ("pr_auc", "macro_f1", "log_loss") and reference in ("labels", "page_counts"):
                yield gain_sentence(figures, row)
        yield from _flattery(figures, task)


def _flattery(figures: Figures, task: str) -> Iterator[str]:
    """Micro F1 beside that of a guess of the majority."""
    majority = figures.one(task, "majority", "micro_f1")
    others = [row for row in figures.all(task=task, metric="micro_f1", segment="all") if row.model != "majority"]
    if majority is None or not others:
        return
    best = max(others, key=lambda row: row.value)
    if best.value - majority.value < _LEAST_FLATTERY:
        yield (
            f"{task}: a guess of the majority alone has micro F1 {number(majority.value)}, the best model "
            f"{number(best.value)}: micro F1 flatters here; read macro F1, PR-AUC and log loss."
        )


def _tiles(figures: Figures) -> Iterator[str]:
    """What the web adds first, and for customers of whom the web is known before all others."""
    gains = [row for row in figures.rows if _is_gain(row) and row.model != "oracle"]
    told = [row for row in gains if row.metric.startswith(("macro_recall_at_1", "log_loss"))]
    for row in sorted(told, key=lambda row: (not _adds_web(figures, row), row.segment != "linked")):
        if row.segment != "all" and not _adds_web(figures, row):
            continue
        beside = _beside_paper(figures, row) if _adds_web(figures, row) else ""
        yield gain_sentence(figures, row) + beside + _of_gap(figures, row)
    covered, clicks = (figures.all(metric=metric) for metric in ("coverage", "clicks"))
    for row, counted in zip(covered, clicks, strict=False):
        yield (
            f"{share(row.value)} of {row.n:,} impressions are of customers with a known session on the web; there are "
            f"{counted.value:,.0f} clicks to judge by."
        )


def _adds_web(figures: Figures, gain: Figure) -> bool:
    """Whether a model knows an embedding of the web, and nothing else, in addition to what its reference knows."""
    reference = figures.model_of(gain.metric.partition(GAIN)[2])
    if "intent" in gain.model or {"web", "both"} & set(reference.split()):
        return False
    return "web embedding" in gain.model or ("both embeddings" in gain.model and "embedding" in reference)


def _beside_paper(figures: Figures, gain: Figure) -> str:
    relative = figures.one(gain.task, gain.model, gain.metric.replace(GAIN, f"_relative{GAIN}"), gain.segment)
    found = [(name, value) for name, value in PAPER_GAINS.items() if name in gain.metric]
    if relative is None or not found:
        return ""
    name, paper = found[0]
    side = {"above": "above", "below": "below", "unsure": "not to be told from"}[against(relative, paper)]
    ends = ""
    if relative.low is not None and relative.high is not None:
        ends = f" ({relative.low:+.1%} to {relative.high:+.1%})"
    change = "less log loss" if name == "log_loss" else "more"
    return f" Relative to it that is {relative.value:+.1%}{ends}, {side} the paper's {paper:.2%} {change} ({PAPER})."


def _of_gap(figures: Figures, gain: Figure) -> str:
    row = figures.one(gain.task, gain.model, gain.metric.replace(GAIN, "_share_of_gap_over_"), gain.segment)
    if row is None or against(gain, 0) == "unsure":
        return ""
    side = {"above": "more than half", "below": "less than half", "unsure": "whether half cannot be told"}
    said = f"{share(row.value)} {interval(row, is_share=True)}"
    return f" Of what the simulator's oracle would gain it is {said}: {side[against(row, GAP_AIM)]}."


def _is_gain(row: Figure) -> bool:
    return GAIN in row.metric and f"_relative{GAIN}" not in row.metric


def _alignment(figures: Figures) -> Iterator[str]:
    for level, name in (("level_1", "groups"), ("level_2", "leaves")):
        for model in ("embedding", "embedding, told intents"):
            told = figures.one(level, model, "web_head_share", "equal intents")
            if told is None:
                continue
            verdict = {
                "above": f"above the aim of {share(ALIGNMENT_AIM)}",
                "below": f"below the aim of {share(ALIGNMENT_AIM)}",
                "unsure": f"whether the aim of {share(ALIGNMENT_AIM)} is reached cannot be told",
            }[against(told, ALIGNMENT_AIM)]
            beside = _others(figures, level, "web_head_share") if model == "embedding" else ""
            yield (
                f"'{model}': of {name}, each counted alike, a head fitted on web sessions reaches {share(told.value)} "
                f"{interval(told, is_share=True)} of the macro F1 that one fitted on app sessions has on the same app "
                f"sessions: {verdict}.{beside}"
            )
        natural = figures.one(level, "embedding", "web_head_share")
        if natural is not None:
            yield (
                f"With {name} as common as they are in the app the share is {share(natural.value)} "
                f"{interval(natural, is_share=True)}: mistakes on the commonest weigh on the F1 of the rare."
                f"{_others(figures, level, 'web_head_share', 'all')}"
            )
        near = figures.one(level, "embedding", "neighbours_of_same_intent", "equal intents")
        chance = figures.one(level, "embedding", "neighbours_by_chance", "equal intents")
        if near is not None and chance is not None:
            side = {
                "above": f"{near.value / chance.value:.1f} times as many as by chance",
                "below": "fewer than by chance",
                "unsure": "no more than by chance, as far as can be told",
            }[against(near, chance.value)]
            yield (
                f"Of the ten app sessions nearest to a web session {share(near.value)} {interval(near, is_share=True)} "
                f"are of the same one of the {name}, {side} ({share(chance.value)})."
                f"{_others(figures, level, 'neighbours_of_same_intent')}"
            )
    yield from _channel_probe(figures)
    yield from _alignment_controls(figures)
    if figures.rows:
        yield "No real data here has both channels, so this is known of the simulator alone."


def _channel_probe(figures: Figures) -> Iterator[str]:
    probe = figures.one("level_2", "embedding", "channel_auroc_within_intent")
    if probe is None:
        return
    said = {
        "above": "the channel can be read, so that sessions of one intent do not coincide",
        "below": "the channel is read wrongly more often than not, which only chance can do",
        "unsure": "the channel cannot be read",
    }[against(probe, 0.5)]
    yield (
        f"Within an intent a linear probe tells web from app with AUROC {number(probe.value)} {interval(probe)}; "
        f".5 is chance: {said}."
    )


def _alignment_controls(figures: Figures) -> Iterator[str]:
    for model in ("embedding, permuted labels", "embedding, disjoint vocabularies"):
        near = figures.one("level_2", model, "neighbours_of_same_intent", "equal intents")
        chance = figures.one("level_2", model, "neighbours_by_chance", "equal intents")
        if near is None or chance is None:
            continue
        yield _control(model, near.value, chance.value)


def _control(model: str, value: float, chance: float) -> str:
    if value <= chance + CONTROL_TOLERANCE:
        return f"Control '{model}': {number(value)}, no more than chance ({number(chance)}), as it must be."
    return (
        f"Control '{model}': {number(value)} is above chance ({number(chance)}). Something leaks: do not believe the "
        "other figures of this table."
    )


def _others(figures: Figures, task: str, metric: str, segment: str = "equal intents") -> str:
    """The baselines beside it."""
    names = (
        "embedding, channel hidden",
        "embedding, told intents",
        "embedding, told intents, channel hidden",
        "mean page text",
        "page words",
        "page counts",
        "untrained encoder",
    )
    rows = [figures.one(task, name, metric, segment) for name in names]
    told = [f"{row.model} {share(row.value)}" for row in rows if row is not None]
    return f" Beside it: {', '.join(told)}." if told else ""


def _sensitive(figures: Figures) -> Iterator[str]:
    for task, what in (("session", "Which sessions are of a sensitive intent"), ("person", "Who has had one")):
        plain, base = figures.one(task, "embedding", "pr_auc"), figures.one(task, "embedding", "sensitive_share")
        if plain is None or base is None or not base.value:
            continue
        can = {
            "above": "can be read out of the embedding",
            "below": "cannot be read out of the embedding",
            "unsure": "may not be readable at all",
        }[against(plain, base.value)]
        yield (
            f"{what} {can}: a linear probe has PR-AUC {number(plain.value)} {interval(plain)}, "
            f"{plain.value / base.value:.1f} times that of a guess ({number(base.value)})."
        )
        for model in dict.fromkeys(row.model for row in figures.all(task=task, metric=f"pr_auc{GAIN}embedding")):
            masked, gain = figures.one(task, model, "pr_auc"), figures.one(task, model, f"pr_auc{GAIN}embedding")
            if masked is None or gain is None:
                continue
            if model.startswith("embedding, "):
                yield _mask_sentence(figures, task, masked, gain, base.value, plain.value)
            else:
                yield (
                    gain_sentence(figures, gain)
                    .replace("better than", "more telling than")
                    .replace("worse than", "less telling than")
                    .replace("is better cannot", "tells more cannot")
                )
        control = figures.one(task, "embedding, permuted labels", "pr_auc")
        if control is not None:
            yield _control("embedding, permuted labels", control.value, base.value)


def _mask_sentence(figures: Figures, task: str, masked: Figure, gain: Figure, base: float, plain: float) -> str:
    what = masked.model.removeprefix("embedding, ")
    taken = -gain.value / (plain - base) if plain > base else 0.0
    side = {
        "below": f"takes {share(taken)} of what is above a guess away",
        "above": "makes the rest more telling",
        "unsure": "takes nothing away that could be told",
    }[against(gain, 0)]
    left = {
        "above": f"What is left is still {masked.value / base:.1f} times a guess: this mask is no protection.",
        "below": "What is left is no better than a guess.",
        "unsure": "What is left cannot be told from a guess.",
    }[against(masked, base)]
    before, after = (figures.one("other intents", model, "macro_f1") for model in ("embedding", masked.model))
    cost = ""
    if before is not None and after is not None and task == "session":
        cost = f" Other intents pay macro F1 {number(before.value)} to {number(after.value)}."
    return f"{_where(masked)}{what} {side}: PR-AUC {number(masked.value)} {interval(masked)}. {left}{cost}"


def _stability(figures: Figures) -> Iterator[str]:
    for row in figures.all(task="neighbours", metric="neighbours_kept", segment="all"):
        chance = figures.one("neighbours", row.model, "neighbours_kept_by_chance")
        beside = f"; by chance {share(chance.value)}" if chance is not None else ""
        yield (
            f"{row.model}: {share(row.value)} {interval(row, is_share=True)} of a session's ten nearest ones are among "
            f"its ten nearest again{beside}."
        )
    seed = figures.one("neighbours", "another seed", "neighbours_kept")
    if seed is not None:
        moved = 1 - seed.value
        yield (
            f"Another encoder moves {share(moved)} of the neighbours even where nothing but the seed changes: vectors "
            "of two versions are not to be mixed."
        )
    for row in figures.rows:
        if row.metric == "adjusted_mutual_information":
            yield (
                f"{row.task}, {row.model}: two drafts divide the same sessions with an adjusted mutual information of "
                f"{number(row.value)} {interval(row)}; 0 is chance, 1 the same parts."
            )


def _labels(figures: Figures) -> Iterator[str]:
    for level, name in (("level_1", "group"), ("level_2", "leaf")):
        right, answered = (figures.one(level, "session_intents", metric) for metric in ("accuracy", "coverage"))
        if right is None or answered is None:
            continue
        always, oracle, majority = (
            figures.one(level, model, "accuracy")
            for model in ("session_intents, never abstaining", "oracle", "majority")
        )
        beside = [
            f"{said} {share(row.value)}"
            for said, row in (
                ("with best guesses for all", always),
                ("the best possible", oracle),
                ("the majority of the channel", majority),
            )
            if row is not None
        ]
        yield (
            f"The {name} is right for {share(right.value)} {interval(right, is_share=True)} of the "
            f"{share(answered.value)} of sessions that have an intent; {', '.join(beside)}."
        )


def _taxonomy(figures: Figures) -> Iterator[str]:
    for row in figures.all(metric="adjusted_mutual_information", segment="all"):
        yield (
            f"{row.task}, {row.model}: sessions are divided as the truth divides them with an adjusted mutual "
            f"information of {number(row.value)} {interval(row)}."
        )


def _distillation(figures: Figures) -> Iterator[str]:
    agreement = figures.all(task="agreement_with_labels", model="student", segment="all", metric="agreement")
    for row in agreement:
        agreed = f"{share(row.value)} {interval(row, is_share=True)}"
        yield f"The student agrees with its labels on {agreed} of unseen sessions."
    for row in figures.all(metric="share_kept"):
        side = {
            "above": f"above the aim of {share(KEPT_AIM)}",
            "below": f"below the aim of {share(KEPT_AIM)}",
            "unsure": f"whether the aim of {share(KEPT_AIM)} is reached cannot be told",
        }[against(row, KEPT_AIM)]
        yield (
            f"{_where(row)}{row.model}: the student keeps {share(row.value)} {interval(row, is_share=True)} of its "
            f"teacher's accuracy, {side} (the paper: {share(KEPT_IN_PAPER)}).{_CIRCULAR if _is_circular(row) else ''}"
        )
    costs = sorted(figures.all(metric="usd_per_million_sessions"), key=lambda row: (row.value, row.model))
    if costs:
        yield (
            f"To ask a language model about a million sessions would cost from {costs[0].value:,.0f} USD "
            f"({costs[0].model}) to {costs[-1].value:,.0f} USD ({costs[-1].model})."
        )


def _is_circular(row: Figure) -> bool:
    return row.model.startswith("embedded labeler")


def _drift(figures: Figures) -> Iterator[str]:
    for row in figures.all(metric="embedding_shift"):
        yield (
            f"{row.segment}: the mean of sessions since the training lies {number(row.value)} spreads from that of the "
            f"training (n = {row.n:,})."
        )


def _gains(figures: Figures) -> Iterator[str]:
    yield from (gain_sentence(figures, row) for row in figures.rows if _is_gain(row))


def _where(figure: Figure) -> str:
    segment = "" if figure.segment == "all" else f", {figure.segment}"
    return f"{figure.task}{segment}: "


def _named(metric: str) -> str:
    return _NAMES.get(metric, metric.replace("_", " "))


def _gained(metric: str, value: float) -> str:
    """A gain is above 0 where a model is better, also where less is better; its interval is of the same sign."""
    if "loss" in metric:
        return f"{number(value)} less {_named(metric)}"
    return f"{'+' if value > 0 else ''}{number(value)} {_named(metric)}"


_TELLERS: Final[Mapping[str, Callable[[Figures], Iterator[str]]]] = {
    "eval_conversion": _conversion,
    "eval_tile_ranking": _tiles,
    "eval_platform_alignment": _alignment,
    "eval_sensitive": _sensitive,
    "eval_stability": _stability,
    "eval_distillation": _distillation,
    "eval_labels": _labels,
    "eval_taxonomy": _taxonomy,
    "encoder_drift": _drift,
}
