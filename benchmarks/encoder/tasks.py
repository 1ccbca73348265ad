"""What is guessed: examples over a data set's sessions, labels, and splits by visitor."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.encoder.dataset import Dataset, build, data_folder
from benchmarks.encoder.raw import DEMO_PEOPLE, LARGE_PEOPLE, RawData, app_onboarding, bank, shop_pages, shop_sessions

Kind = Literal["binary", "classes", "pages"]

SHARES = {"train": 0.70, "validation": 0.15, "test": 0.15}
APPLY_DAYS = 14
# Classes with fewer examples cannot be split three ways
MIN_CLASS_EXAMPLES = 20
# Probes of many classes on all sessions take minutes and say the same
MOST_EXAMPLES = 8_000
# No seed of a split: where every row is a group, both would draw the same order
VISITS_SEED = 1_000_003
# Visitors who apply for nothing, for each one who does
OTHERS_PER_APPLICANT = 3


@dataclass(frozen=True)
class Split:
    """Sessions of the data set by part, apart by visitor or by the group that holds visitors."""

    seed: int
    part: NDArray[np.str_]

    def rows(self, name: str) -> NDArray[np.int64]:
        """int64 rows of a part."""
        return np.flatnonzero(self.part == name)


@dataclass(frozen=True)
class Task:
    """One thing to guess.

    Attributes:
        name: of the task.
        kind: 'binary', 'classes', or 'pages' (ranked).
        rows: int64[n], the session of each example.
        labels: int64[n] into `classes`.
        classes: names.
        history: int64[m, 2] pairs (example, earlier session of the visitor), or None where only the session counts.
        fits: bool[n], examples that heads may be fitted or tuned on; others are for the test alone.
        tests: bool[n], examples that are tested.
    """

    name: str
    kind: Kind
    rows: NDArray[np.int64]
    labels: NDArray[np.int64]
    classes: list[str]
    history: NDArray[np.int64] | None
    fits: NDArray[np.bool_]
    tests: NDArray[np.bool_]


@dataclass(frozen=True)
class Subject:
    """A data set with its tasks.

    Attributes:
        groups: int64[sessions]; sessions of one group are on one side of a split.
        strata: int64[sessions], of which each part has the same share.
        note: what was done to the data.
    """

    dataset: Dataset
    tasks: list[Task]
    groups: NDArray[np.int64]
    strata: NDArray[np.int64]
    note: str

    def splits(self, seeds: range) -> Iterator[Split]:
        """Stratified splits of the groups into train, validation and test."""
        for seed in seeds:
            yield Split(seed, _draw_parts(self.groups, self.strata, seed))

    @property
    def needed(self) -> NDArray[np.int64]:
        """int64, sorted rows of the sessions that some task reads."""
        histories = [task.history[:, 1] for task in self.tasks if task.history is not None]
        return np.unique(np.concatenate([task.rows for task in self.tasks] + histories))


def load_subjects(data: Path, names: set[str], large_people: int = LARGE_PEOPLE) -> Iterator[Subject]:
    """The data sets asked for, built where that has not been done; the large bank has as many people as are named."""
    readers = {"app_onboarding": app_onboarding, "shop_sessions": shop_sessions, "shop_pages": shop_pages}
    for name, reader in readers.items():
        if name in names:
            yield _visits(reader(data))
    if "demo_bank" in names:
        yield _bank("demo_bank", DEMO_PEOPLE, has_applications=True)
    if "large_bank" in names:
        # one example an applicant: too many of them for a head of a few minutes
        yield _bank("large_bank", large_people, has_applications=False)


def _visits(raw: RawData) -> Subject:
    """A data set where a visitor is one visit with one label."""
    dataset = build(raw)
    labelled = dataset.sequences.select("visitor_id").join(
        raw.labels, on="visitor_id", how="left", maintain_order="left"
    )
    is_pages = raw.name == "shop_pages"
    classes, labels = _codes(labelled["label"])
    rows = _at_most(np.arange(len(labels)), VISITS_SEED)
    task = _task(
        {"app_onboarding": "onboarding_passed", "shop_sessions": "shop_purchase", "shop_pages": "shop_next_page"}[
            raw.name
        ],
        "pages" if is_pages else "binary",
        rows,
        labels[rows],
        ["none", "purchase"] if raw.name == "shop_sessions" else classes,
    )
    groups = np.arange(len(labels))
    if len(raw.groups):
        owners = dataset.sequences.select("visitor_id").join(
            raw.groups, on="visitor_id", how="left", maintain_order="left"
        )
        groups = _codes(owners["group"])[1]
    strata = np.zeros(len(labels), dtype=np.int64) if is_pages else labels
    return Subject(dataset, [task], groups, strata, raw.note)


def _bank(name: str, people: int, *, has_applications: bool) -> Subject:
    raw, simulator = bank(name, people, data_folder())
    dataset = build(raw)
    with duckdb.connect(str(dataset.file), read_only=True) as connection:
        # a session of the warehouse may hold events of two simulated ones: the intent of most of its events
        intents = connection.execute(
            """
            select session_id, intent
            from session_events inner join read_parquet($truth) as truth using (event_id)
            group by session_id, intent
            qualify row_number() over (partition by session_id order by count(*) desc, intent nulls first) = 1
            """,
            {"truth": f"{raw.events}/truth-*.parquet"},
        ).pl()
        applied = connection.sql(
            """
            select visitor_id, event_at as applied_at, page_key as product from stg_events
            where event_type = 'application_submit' order by visitor_id, event_at, event_id
            """
        ).pl()
    known = dataset.sequences.select("session_id", "channel", "visitor_id", "started_at").join(
        intents, on="session_id", how="left", maintain_order="left"
    )
    has_intent = known["intent"].is_not_null().to_numpy()
    classes, codes = _codes(known["intent"])
    rows = _at_most(np.flatnonzero(has_intent), 0)
    is_web = (known["channel"] == "web").to_numpy()[rows]
    tasks = [
        _task("bank_intent", "classes", rows, codes[rows], classes),
        _shared_classes(Task("bank_web_to_app", "classes", rows, codes[rows], classes, None, is_web, ~is_web)),
    ]
    if has_applications:
        tasks.append(_applications(dataset, applied))
    return Subject(
        dataset,
        tasks,
        dataset.visitors,
        np.zeros(len(known), dtype=np.int64),
        f"{raw.note}; simulator {simulator[:12]}",
    )


def _applications(dataset: Dataset, applied: pl.DataFrame) -> Task:
    """Which product a visitor applies for within 14 days after a session, the visitor's history until then given."""
    sessions = (
        dataset.sequences.select("visitor_id", "started_at")
        .with_row_index("row")
        .join(dataset.features.select("duration_seconds").with_row_index("row"), on="row")
        .with_columns(
            ended_at=pl.col("started_at")
            + pl.duration(microseconds=(pl.col("duration_seconds") * 1_000_000).cast(pl.Int64))
        )
    )
    end = sessions["ended_at"].max()
    horizon = pl.duration(days=APPLY_DAYS)
    complete = sessions.filter(pl.col("ended_at") + horizon <= pl.lit(end))
    pairs = complete.join(applied, on="visitor_id", how="left")
    is_within = (pl.col("applied_at") > pl.col("ended_at")) & (pl.col("applied_at") <= pl.col("ended_at") + horizon)
    outcomes = (
        pairs.filter(is_within)
        .sort("row", "applied_at")
        .group_by("row", maintain_order=True)
        .first()
        .select("row", "product")
    )
    labelled = complete.join(outcomes, on="row", how="left").with_columns(pl.col("product").fill_null("none"))
    # one moment a visitor, or the busiest would decide; of those who apply, one before the application
    random = np.random.default_rng(0)
    labelled = (
        labelled.with_columns(draw=pl.Series(random.random(len(labelled))), applies=pl.col("product") != "none")
        .sort("visitor_id", "applies", "draw", descending=[False, True, False])
        .group_by("visitor_id", maintain_order=True)
        .first()
    )
    applicants = labelled.filter("applies")
    others = labelled.filter(~pl.col("applies")).sort("draw").head(OTHERS_PER_APPLICANT * len(applicants))
    labelled = pl.concat([applicants, others])
    frequent = labelled.group_by("product").len().filter(pl.col("len") >= MIN_CLASS_EXAMPLES)["product"]
    labelled = labelled.filter(pl.col("product").is_in(frequent.to_list())).sort("row")
    earlier = (
        labelled.with_row_index("example")
        .select("example", "visitor_id", "started_at")
        .join(sessions.select("visitor_id", "row", "started_at"), on="visitor_id", suffix="_earlier")
        .filter(pl.col("started_at_earlier") <= pl.col("started_at"))
        .sort("example", "row")
    )
    classes, codes = _codes(labelled["product"])
    task = _task("bank_application", "classes", labelled["row"].cast(pl.Int64).to_numpy(), codes, classes)
    history = earlier.select("example", "row").cast(pl.Int64).to_numpy()
    return Task(task.name, task.kind, task.rows, task.labels, task.classes, history, task.fits, task.tests)


def _at_most(rows: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    return np.sort(np.random.default_rng(seed).permutation(rows)[:MOST_EXAMPLES])


def _task(name: str, kind: Kind, rows: NDArray[np.int64], labels: NDArray[np.int64], classes: list[str]) -> Task:
    everyone = np.ones(len(rows), dtype=bool)
    return Task(name, kind, rows, labels, classes, None, everyone, everyone)


def _shared_classes(task: Task) -> Task:
    """Only classes that the fitted and the tested examples both have."""
    shared = np.intersect1d(task.labels[task.fits], task.labels[task.tests])
    kept = np.isin(task.labels, shared)
    codes = np.searchsorted(shared, task.labels[kept])
    return Task(
        task.name, task.kind, task.rows[kept], codes, [task.classes[code] for code in shared], None,
        task.fits[kept], task.tests[kept],
    )  # fmt: skip


def _codes(names: pl.Series) -> tuple[list[str], NDArray[np.int64]]:
    """Sorted distinct names, and each one's place among them; -1 for null."""
    classes = sorted(names.drop_nulls().unique().to_list())
    codes = names.replace_strict(
        dict(zip(classes, range(len(classes)), strict=True)), default=-1, return_dtype=pl.Int64
    )
    return classes, codes.fill_null(-1).to_numpy()


def _draw_parts(groups: NDArray[np.int64], strata: NDArray[np.int64], seed: int) -> NDArray[np.str_]:
    random = np.random.default_rng(seed)
    distinct, first = np.unique(groups, return_index=True)
    part_of_group = np.empty(len(distinct), dtype="<U10")
    for stratum in np.unique(strata[first]):
        members = random.permutation(np.flatnonzero(strata[first] == stratum))
        cuts = np.round(np.cumsum(list(SHARES.values())) * len(members)).astype(int)
        for name, chosen in zip(SHARES, np.split(members, cuts[:-1]), strict=True):
            part_of_group[chosen] = name
    part: NDArray[np.str_] = part_of_group[np.searchsorted(distinct, groups)]
    return part
