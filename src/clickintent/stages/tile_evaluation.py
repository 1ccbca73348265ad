"""Stage `eval_tile_ranking`: which tile is clicked, from what was known of the customer when it was shown."""

import json
from collections import Counter
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from clickintent.demo.app import TILES
from clickintent.demo.clicks import click_probability
from clickintent.demo.needs import INTENT_INDEX
from clickintent.encoder import EMBEDDING_DIM
from clickintent.evaluation.figures import FIGURE_SCHEMA, Interval, Judged, bootstrap, figure_rows
from clickintent.evaluation.tile_heads import TileRows, rank_by_blocks
from clickintent.evaluation.tile_ranking import Comparison, Shown, ranking_figures
from clickintent.stages.run import Run
from clickintent.warehouse import Relation

TASK: Final = "click"
ORACLE: Final = "oracle"
APP_PAGES: Final = "app page counts"
WITH_APP: Final = "app page counts + app embedding"
WITH_WEB: Final = "app page counts + web embedding"
WITH_BOTH: Final = "app page counts + both embeddings"
WITH_INTENTS: Final = "app page counts + both embeddings + intent shares"
ARMS: Final = {
    "tiles and positions": [],
    APP_PAGES: ["app pages"],
    WITH_APP: ["app pages", "app embedding"],
    WITH_WEB: ["app pages", "web embedding"],
    WITH_BOTH: ["app pages", "app embedding", "web embedding"],
    WITH_INTENTS: ["app pages", "app embedding", "web embedding", "app intents", "web intents"],
    "app and web page counts": ["app pages", "web pages"],
}
"""Ranker -> what it knows of the customer beside the tile, its place and how often it was shown and clicked before."""
COMPARED: Final = (
    (WITH_APP, APP_PAGES),
    (WITH_WEB, APP_PAGES),
    (WITH_BOTH, APP_PAGES),
    (WITH_BOTH, WITH_APP),
    (WITH_INTENTS, APP_PAGES),
    (WITH_INTENTS, WITH_BOTH),
    ("app and web page counts", APP_PAGES),
)
LINKED: Final = "linked"
"""Impressions of customers of whom a session on the web was known by then."""
MOST_NAMES: Final = 40
LEAST_SHARE: Final = 0.01
"""Of impressions before the split: a page group or intent of fewer is noise."""

Numbers = NDArray[np.float32]


def evaluate_tile_ranking(
    run: Run, *, split: Relation, examples: Relation, needs: Relation, intents: Relation
) -> Relation:
    """Rows of `eval_tile_ranking`; none where no tiles are shown, or nobody clicks.

    Args:
        run: the dbt run.
        split: `eval_split`.
        examples: `eval_tile_examples`.
        needs: `eval_tile_needs`, what simulated people need.
        intents: `eval_session_intents`, for its versions.
    """
    if run.is_empty:
        return run.nothing(FIGURE_SCHEMA)
    shown = run.warehouse.read(
        f"""
        select examples.*, needs.need
        from {run.source(examples)} as examples
        left join {run.source(needs)} as needs on needs.session_id = examples.session_id
        order by examples.session_id, examples.impression_id, examples.tile_id
        """
    )
    is_train = (shown["side"] == "train").to_numpy()
    is_clicked = shown["is_clicked"].to_numpy()
    if not is_clicked[is_train].any() or not is_clicked[~is_train].any():
        return run.nothing(FIGURE_SCHEMA)
    tiles = shown["tile_id"].unique().sort().to_list()
    rows = TileRows(
        tile=_codes(shown["tile_id"], tiles),
        is_clicked=is_clicked,
        common=_common(shown),
        people=shown["person"].to_numpy(),
        folds=shown["fold"].cast(pl.Int64).to_numpy(),
        is_train=is_train,
    )
    chances = {arm: chance[~is_train] for arm, chance in rank_by_blocks(rows, _blocks(shown, is_train), ARMS).items()}
    tested = shown.filter(pl.Series(~is_train))
    oracle = _oracle(tested)
    if oracle is not None:
        chances[ORACLE] = oracle
    judged = _judged(run, split, shown, intents)
    learned_from = int(shown.filter(pl.Series(is_train))["impression_id"].n_unique())
    figures = []
    for segment, chosen in _segments(tested).items():
        part = tested.filter(pl.Series(chosen))
        own = {arm: chance[chosen] for arm, chance in chances.items()}
        figures += _segment_rows(judged, segment, part, own, tiles, learned_from)
    figures += _coverage(judged, tested)
    return run.rows(pl.DataFrame(figures, schema=FIGURE_SCHEMA), FIGURE_SCHEMA)


def _segments(tested: pl.DataFrame) -> dict[str, NDArray[np.bool_]]:
    """Name -> rows; the slice of random positions stands for itself where not all are random."""
    is_random = tested["is_randomized"].to_numpy()
    segments = {"all": np.ones(tested.height, dtype=bool), LINKED: (tested["web_embedded_count"] > 0).to_numpy()}
    if is_random.any() and not is_random.all():
        segments["random positions"] = is_random
        segments[f"{LINKED}, random positions"] = is_random & segments[LINKED]
    return {name: chosen for name, chosen in segments.items() if (chosen & tested["is_clicked"].to_numpy()).any()}


def _segment_rows(
    judged: Judged,
    segment: str,
    part: pl.DataFrame,
    chances: dict[str, NDArray[np.float64]],
    tiles: list[str],
    learned_from: int,
) -> list[dict[str, Any]]:
    shown = Shown(
        impression=_impressions(part),
        tile=_codes(part["tile_id"], tiles),
        is_clicked=part["is_clicked"].to_numpy(),
        owners=part["person"].to_numpy(),
    )
    oracle = ORACLE if ORACLE in chances else None
    asked = [Comparison(ranker, baseline, oracle) for ranker, baseline in COMPARED]
    if oracle:
        asked.append(Comparison(ORACLE, APP_PAGES))
    counts = {"n": int(shown.impression.max()) + 1, "train_n": learned_from}
    return [
        row
        for ranker, figures in ranking_figures(shown, chances, asked).items()
        for row in figure_rows(judged, task=TASK, model=ranker, segment=segment, figures=figures, **counts)
    ]


def _coverage(judged: Judged, tested: pl.DataFrame) -> list[dict[str, Any]]:
    """How many impressions are of customers with a known session on the web, and how many clicks there are."""
    one = tested.group_by("session_id", "impression_id", maintain_order=True).agg(
        pl.col("person").first(),
        is_linked=(pl.col("web_embedded_count") > 0).first(),
        clicks=pl.col("is_clicked").sum(),
    )
    is_linked, clicks = one["is_linked"].to_numpy(), one["clicks"].to_numpy()

    def statistic(rows: NDArray[np.int64]) -> dict[str, float]:
        return {
            "coverage": float(is_linked[rows].mean()),
            "clicks": float(clicks[rows].sum()),
            "clicks_of_linked": float(clicks[rows][is_linked[rows]].sum()),
        }

    figures: dict[str, Interval] = bootstrap(one["person"].to_numpy(), statistic)
    return figure_rows(judged, task=TASK, model="tiles and positions", segment="all", figures=figures, n=one.height)


def _common(shown: pl.DataFrame) -> Numbers:
    """float32[n, c]: the position, and how often the customer was shown and has clicked the tile before."""
    positions = shown["position"].cast(pl.String).fill_null("none")
    names = positions.unique().sort().to_list()[1:]
    columns = [(positions == name).cast(pl.Float32).to_numpy() for name in names]
    counts = [shown[name].cast(pl.Float32).log1p().to_numpy() for name in ("tile_shown_count", "tile_click_count")]
    return np.stack([*columns, *counts], axis=1).astype(np.float32)


def _blocks(shown: pl.DataFrame, is_train: NDArray[np.bool_]) -> dict[str, Numbers]:
    blocks = {}
    for channel in ("app", "web"):
        blocks[f"{channel} pages"] = np.log1p(_named_numbers(shown[f"{channel}_page_counts"], is_train))
        blocks[f"{channel} embedding"] = _vectors(shown[f"{channel}_embedding"])
        blocks[f"{channel} intents"] = _named_numbers(shown[f"{channel}_intent_shares"], is_train)
    return blocks


def _named_numbers(texts: pl.Series, is_train: NDArray[np.bool_]) -> Numbers:
    """float32[n, names] of JSON objects, the names that most rows before the split have."""
    rows: list[dict[str, float]] = [json.loads(text) if text else {} for text in texts]
    counts = Counter(name for row, trains in zip(rows, is_train, strict=True) if trains for name in row)
    names = [name for name, count in counts.most_common(MOST_NAMES) if count >= LEAST_SHARE * is_train.sum()]
    column = {name: number for number, name in enumerate(sorted(names))}
    numbers = np.zeros((len(rows), len(column)), dtype=np.float32)
    for place, row in enumerate(rows):
        for name, value in row.items():
            if name in column:
                numbers[place, column[name]] = value
    return numbers


def _vectors(embeddings: pl.Series) -> Numbers:
    """float32[n, EMBEDDING_DIM]; zeros where nothing is known."""
    vectors = np.zeros((len(embeddings), EMBEDDING_DIM), dtype=np.float32)
    is_known = embeddings.is_not_null().to_numpy()
    if is_known.any():
        known = embeddings.drop_nulls().cast(pl.Array(pl.Float32, EMBEDDING_DIM)).to_numpy()
        vectors[is_known] = known.reshape(-1, EMBEDDING_DIM)
    return vectors


def _oracle(tested: pl.DataFrame) -> NDArray[np.float64] | None:
    """The simulator's own chance of each click; None where the tiles are none of its."""
    number = {f"home/tile/{name}".lower(): place for place, name in enumerate(TILES)}
    if not set(tested["tile_id"]) <= number.keys():
        return None
    needs = np.array([INTENT_INDEX[need] if need else -1 for need in tested["need"]], dtype=np.int64)
    tile = np.array([number[name] for name in tested["tile_id"]], dtype=np.int64)
    return click_probability(needs, tile, tested["position"].cast(pl.Int64).to_numpy())


def _judged(run: Run, split: Relation, shown: pl.DataFrame, intents: Relation) -> Judged:
    split_at = run.warehouse.read(f"select split_at from {run.source(split)} as split")["split_at"][0]
    versions = run.warehouse.read(
        f"""
        select min(classifier_version) as classifier_version, min(taxonomy_version) as taxonomy_version
        from {run.source(intents)} as intents
        """
    ).row(0, named=True)
    encoders = shown["encoder_version"].drop_nulls()
    return Judged(run.now, split_at=split_at, encoder_version=encoders[0] if len(encoders) else None, **versions)


def _impressions(part: pl.DataFrame) -> NDArray[np.int64]:
    """int64[n], impressions in the order of the rows, 0 and up."""
    number: NDArray[np.int64] = part.select(pl.struct("session_id", "impression_id").rle_id()).to_series().to_numpy()
    return number.astype(np.int64)


def _codes(values: pl.Series, names: list[str]) -> NDArray[np.int64]:
    codes: NDArray[np.int64] = values.replace_strict(names, range(len(names)), return_dtype=pl.Int64).to_numpy()
    return codes
