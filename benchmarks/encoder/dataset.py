"""A data set as the project itself makes it: dbt builds sequences and features from the raw events."""

import hashlib
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.encoder.raw import RawData
from benchmarks.folders import PROFILES, bench_folder
from benchmarks.processes import run_process

BUILT = ("session_sequences", "session_features", "pages", "sessions")
# What a file was built with: another version makes it again
BUILDER = 1


@dataclass(frozen=True)
class Dataset:
    """Tables of one data set, human sessions only, all in the order of session_id.

    Attributes:
        name: of the data set.
        sequences: rows of `session_sequences`.
        features: rows of `session_features`, joined with what `sessions` says of device and referrer.
        pages: page_key and text.
        file: the DuckDB file they come from.
    """

    name: str
    sequences: pl.DataFrame
    features: pl.DataFrame
    pages: pl.DataFrame
    file: Path

    @property
    def visitors(self) -> NDArray[np.int64]:
        """int64[sessions], a code per visitor."""
        codes: NDArray[np.int64] = self.sequences["visitor_id"].rank("dense").cast(pl.Int64).to_numpy()
        return codes


def build(raw: RawData) -> Dataset:
    """Builds the tables by dbt, or takes those of an earlier run over the same events and vars."""
    folder = data_folder()
    folder.mkdir(parents=True, exist_ok=True)
    # a folder's name says what is in it
    events = raw.events.name.encode() if isinstance(raw.events, Path) else raw.events.hash_rows().to_numpy().tobytes()
    content = hashlib.sha256(events + json.dumps([raw.variables, BUILDER], sort_keys=True).encode()).hexdigest()[:12]
    file = folder / f"{raw.name}-{content}.duckdb"
    if not file.exists():
        _dbt_build(raw, file)
    return _read(raw.name, file)


def data_folder() -> Path:
    """Where events and built files are kept between runs."""
    return bench_folder() / "encoder"


def _dbt_build(raw: RawData, file: Path) -> None:
    if isinstance(raw.events, Path):
        events = raw.events / "events-*.parquet"
    else:
        events = file.with_suffix(".parquet")
        raw.events.write_parquet(events)
    unfinished = file.with_suffix(".unfinished")
    for leftover in (unfinished, unfinished.with_suffix(".unfinished.wal")):
        leftover.unlink(missing_ok=True)
    variables = {"event_source": "generic", "events_path": str(events), "demo": {}, **raw.variables}
    run_process(
        [
            str(Path(sys.executable).with_name("dbt")),
            "--no-use-colors",
            "build",
            "--select",
            *(f"+{name}" for name in BUILT),
            "--exclude-resource-type",
            "test",
            "unit_test",
            "--vars",
            json.dumps(variables),
            "--target-path",
            str(file.parent / "target"),
            "--log-path",
            str(file.parent / "logs"),
        ],
        environment={"CLICKINTENT_DUCKDB": str(unfinished), "DBT_PROFILES_DIR": str(PROFILES)},
    )
    os.replace(unfinished, file)


def _read(name: str, file: Path) -> Dataset:
    with duckdb.connect(str(file), read_only=True) as connection:
        sequences = connection.sql("select * from session_sequences where not is_bot order by session_id").pl()
        features = connection.sql(
            """
            select session_features.*, sessions.device_type, sessions.referrer_medium
            from session_features inner join sessions using (session_id)
            where not sessions.is_bot
            order by session_id
            """
        ).pl()
        pages = connection.sql("select page_key, text from pages order by page_key").pl()
    return Dataset(name, sequences, features, pages, file)
