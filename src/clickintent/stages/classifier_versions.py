"""When a classifier comes into force, and why: for `intent_classifier` and whoever goes by its rules."""

import json
from datetime import datetime
from typing import Any, Final, NamedTuple

import polars as pl

from clickintent.labeling.calibration import MIN_GOLD
from clickintent.labeling.sample import UNCERTAIN
from clickintent.stages.run import Run
from clickintent.stages.versions import encoder_in_force
from clickintent.warehouse import Relation

FOLLOWS: Final = "follows encoder, taxonomy and labeler"
"""Approves a classifier distilled for what people chose."""
FOLLOWS_REQUESTS: Final = "follows the labels asked for"
"""Approves a classifier distilled for what people had labelled beside the sample."""
FOLLOWS_LABELS: Final = "follows the labels that were outstanding"
"""Approves a classifier distilled from labels that a budget or a batch kept back when the one before was."""
FOLLOWS_GOLD: Final = "follows the gold labels"
"""Approves a classifier calibrated on what people have said since the one before was."""
FITTED_ON: Final = "fitted_on"
"""Metric of a version of an evaluation: a hash of the sessions that it was fitted on."""
ALWAYS: Final = "var retrain: always"
RULES: Final = frozenset({FOLLOWS, FOLLOWS_REQUESTS, FOLLOWS_LABELS, FOLLOWS_GOLD, ALWAYS})
"""All that lets a classifier into force but a person."""

GROWTH: Final = 2
"""Times as many labels, or gold labels, as a classifier had make a new one. With each doubling it gains about as much
as with the one before; less would distil one after every small batch."""


class Labeler(NamedTuple):
    """A labeler with the time of its first label, as `session_labels` has them."""

    name: str
    model: str
    first_labeled_at: datetime


def versions_in_force(run: Run, encoder_versions: Relation, taxonomy: Relation) -> tuple[str | None, str | None]:
    """Versions of encoder and taxonomy that a classifier has to be distilled for; None where there is none."""
    leaves = run.warehouse.read(
        f"""
        select min(taxonomy_version) as taxonomy_version
        from {run.source(taxonomy)} as taxonomy where status = 'active'
        """
    )
    return encoder_in_force(run, encoder_versions), leaves["taxonomy_version"][0]


def latest_labeler(run: Run, labels: Relation, taxonomy_version: str) -> Labeler:
    """The labeler that labelled last with this taxonomy; one without a name, long ago, where none did."""
    latest = run.warehouse.read(
        f"""
        select labeler, model, min(labeled_at) as first_labeled_at
        from {run.source(labels)} as labels
        where status in ('ok', 'abstained') and taxonomy_version = '{taxonomy_version}'
        group by labeler, model
        order by max(labeled_at) desc nulls last, labeler, model
        limit 1
        """
    )
    return Labeler(*latest.row(0)) if latest.height else Labeler("", "", datetime.min)


def reason_to_train(
    run: Run,
    current: dict[str, Any],
    labeler: Labeler,
    labels: Relation,
    sample: Relation,
    embeddings: Relation,
    sequences: Relation,
    *,
    gold_read_at: pl.Series,
) -> str | None:
    """What lets a new classifier into force though the one that is fits encoder and taxonomy; None if nothing does.

    - Another labeler has begun to label since it came into force.
    - Sessions have been labelled that somebody asked for by `clickintent labels grow`.
    - Labels that were outstanding have arrived: of the sessions that were in the sample when it was trained, at least
      `GROWTH` times as many have a label as it was trained on. So it is where a budget or batches spread the labels of
      one sample over several builds. Sessions that joined the sample later, as they do at every build with new events,
      are no reason.
    - People have read `GROWTH` times as many random sessions as it was calibrated on, or enough for the first time.

    The last two leave a classifier alone that a person put into force. All four go by tables upstream, which grow by
    what somebody decided (a labeler, a request, a budget, a review), and none by what a classifier said.

    Args:
        run: the dbt run.
        current: the version in force.
        labeler: the latest.
        labels: `session_labels`.
        sample: `label_sample`.
        embeddings: `session_embedding_versions`.
        sequences: the sessions that a classifier is trained on; labels of others are no reason.
        gold_read_at: of the gold labels that a classifier would be calibrated on now, when people read them, UTC.
    """
    # who let it into force knew the labelers by then, and may have gone back from the classifier of another one
    if not _was_taught_by(current, labeler) and labeler.first_labeled_at > current["approved_at"]:
        return FOLLOWS
    if _has_requested_labels_since(run, labels, sample, current):
        return FOLLOWS_REQUESTS
    if current["approved_by"] not in RULES:
        return None
    metrics = json.loads(current["metrics"])
    if len(gold_read_at) >= max(MIN_GOLD, GROWTH * _gold_known_to(current, metrics, gold_read_at)):
        return FOLLOWS_GOLD
    if _labels_of_its_sample(run, labels, sample, embeddings, sequences, current) >= GROWTH * metrics["labels"]:
        return FOLLOWS_LABELS
    return None


def _gold_known_to(version: dict[str, Any], metrics: dict[str, Any], gold_read_at: pl.Series) -> int:
    """Gold labels that a version was calibrated on, or that it left aside, in a row from before they calibrated any.

    So a new release does not, by being installed, distil a classifier.
    """
    calibrated_on = metrics.get("gold_n")
    return int((gold_read_at <= version["trained_at"]).sum()) if calibrated_on is None else int(calibrated_on)


def earlier_version(
    known: pl.DataFrame, encoder_version: str, taxonomy_version: str, labeler: Labeler, fitted_on: str | None = None
) -> str | None:
    """The latest of the versions that were in force and were distilled for all of these; None if there is none."""
    retired = known.filter(pl.col("status") == "retired").sort("approved_at", "version", descending=True)
    fitting = (
        version["version"]
        for version in retired.iter_rows(named=True)
        if fits(version, encoder_version, taxonomy_version, fitted_on) and _was_taught_by(version, labeler)
    )
    return next(fitting, None)


def fits(
    version: dict[str, Any] | None, encoder_version: str, taxonomy_version: str | None, fitted_on: str | None = None
) -> bool:
    """Whether a classifier version was distilled for this encoder and taxonomy, of these sessions if they are named."""
    if version is None:
        return False
    if fitted_on is not None and json.loads(version["metrics"]).get(FITTED_ON) != fitted_on:
        return False
    config = json.loads(version["config"])
    return (config["encoder_version"], config["taxonomy_version"]) == (encoder_version, taxonomy_version)


def _has_requested_labels_since(run: Run, labels: Relation, sample: Relation, version: dict[str, Any]) -> bool:
    """Whether sessions that somebody asked for came into the sample after a version came into force, and are labelled.

    A version that was trained again and came out the same keeps its approval: so by its training, too.
    """
    taxonomy_version = json.loads(version["config"])["taxonomy_version"]
    requested = run.warehouse.read(
        f"""
        select count(*) as label_count
        from {run.source(labels)} as labels
        inner join {run.source(sample)} as sampled on sampled.session_id = labels.session_id
        where labels.status in ('ok', 'abstained') and labels.taxonomy_version = '{taxonomy_version}'
            and sampled.reason = '{UNCERTAIN}'
            and sampled.drawn_at > timestamp '{max(version["approved_at"], version["trained_at"])}'
        """
    )
    return bool(requested["label_count"][0])


def _labels_of_its_sample(
    run: Run, labels: Relation, sample: Relation, embeddings: Relation, sequences: Relation, version: dict[str, Any]
) -> int:
    """Labels, by the labeler that taught a version, of sessions that were in the sample when it was trained.

    Those that it could be trained on today: answers, of sessions that have not changed since.
    """
    config = json.loads(version["config"])
    counted = run.warehouse.read(
        f"""
        select labels.labeler, labels.model, count(*) as label_count
        from {run.source(labels)} as labels
        inner join {run.source(sample)} as sampled on sampled.session_id = labels.session_id
        inner join {run.source(embeddings)} as embeddings
            on embeddings.session_id = labels.session_id and embeddings.content_hash = labels.content_hash
            and embeddings.encoder_version = '{config["encoder_version"]}'
        inner join {run.source(sequences)} as sequences on sequences.session_id = labels.session_id
        where labels.status = 'ok' and labels.rank = 1 and labels.taxonomy_version = '{config["taxonomy_version"]}'
            and sampled.drawn_at <= timestamp '{version["trained_at"]}'
        group by labels.labeler, labels.model
        """
    )
    own = counted.filter(
        pl.col("labeler") == config.get("labeler", ""), pl.col("model") == config.get("labeler_model", "")
    )
    return int(own["label_count"].sum())


def _was_taught_by(version: dict[str, Any] | None, labeler: Labeler) -> bool:
    """Whether no labeler has labelled since a classifier version was distilled but the one it was distilled from."""
    if version is None:
        return False
    config = json.loads(version["config"])
    taught_by = config.get("labeler"), config.get("labeler_model")  # a row from before these were kept names none
    return not labeler.name or taught_by == (labeler.name, labeler.model)
