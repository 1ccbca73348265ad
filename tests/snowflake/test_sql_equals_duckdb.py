"""The whole project on fakesnow and on DuckDB, from late events to figures: the same rows, whatever came when.

SQL models run on fakesnow over dbt-snowflake, Python models in Snowpark's local testing over fakesnow's tables: see
`emulated_session`. fakesnow itself executes on DuckDB, so equality says that the Snowflake forms mean the same where
the emulator takes them; that they are Snowflake's at all, `test_dialect_literals` and `test_compiled_sql` say.
"""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import late_events
import polars as pl
import pytest
from compared_tables import differences, rows_of_duckdb, rows_of_fakesnow
from emulated_session import write_rows
from emulator import DATABASE, ROOT, SCHEMA
from snowflake_lint import problems

from clickintent.demo import DemoBank, simulate

pytestmark = pytest.mark.slow

BANK = DemoBank(people=250, days=20, seed=7, linked=True)
"""Its events arrive from the relation, some of them late."""
KNOWN_BANK = {"people": 800, "days": 20, "seed": 11, "linked": True}
"""A source beside that, of which the truth is known: the evaluation judges by it."""
VARS = late_events.VARS | {
    "event_source": ["demo", "generic"],
    "demo": KNOWN_BANK,
    "evaluation": {"split_at": "2026-03-11", "horizon_days": 3},
    "encoder_training_steps": 10,
    "min_training_sessions": 100,
    "label_share": 1.0,
    "min_page_visitors": 2,
}
LATE_SHARE = 20
"""One event of so many arrives with the next wave."""

INTERNAL = {
    *("raw_events", "batches_to_read", "demo_events", "stg_demo__events", "stg_generic__events", "source_events"),
    "clickintent_days",
}
"""What is read and thrown away: rows that come twice, raw rows as JSON, whose names are in upper case on Snowflake; and
the calendar of metrics, which a project around the package has not."""
MADE_AT = {
    *("approved_at", "called_at", "drawn_at", "embedded_at", "evaluated_at"),
    *("fitted_at", "labeled_at", "newest_at", "proposed_at", "scored_at", "trained_at"),
}
"""When something was computed."""
KEYS = late_events.KEYS | {
    "customer_embedding_changes": ["customer_id", "valid_from"],
    "customer_embeddings": ["customer_id", "valid_from"],
    "model_registry": ["model_name", "version"],
}
MOST_COSTLY = ["eval_learning_curve", "eval_stability"]
"""They fit models over and over, for minutes: held against DuckDB once, by hand, and not by every run."""
STAGES = {
    "first build": ["--exclude", "tag:evaluation"],
    "build with late events": ["--exclude", "tag:evaluation"],
    "another with late events": ["--exclude", "tag:evaluation"],
    "full refresh with the evaluation": ["--full-refresh", "--exclude", *MOST_COSTLY],
}
"""Builds one after the other -> what dbt is told."""
JUDGED = ["demo_truth", "eval_conversion", "eval_distillation", "eval_labels", "eval_taxonomy", "eval_tile_ranking"]


def waves() -> list[pl.DataFrame]:
    """What arrives before each build: the demo bank's events, some late, beside every edge of `late_events`."""
    events = simulate(BANK).events.sort("loaded_at", "event_id")
    cuts = [events["loaded_at"].quantile(share, "lower") for share in (0.6, 0.8)]
    wave = sum(pl.col("loaded_at").gt(cut).cast(pl.Int64) for cut in cuts)
    is_late = (pl.col("event_id").hash(seed=1) % LATE_SHARE == 0) & (wave < len(cuts))
    # a late one is loaded with the first of its wave
    events = events.with_columns(wave=wave + is_late.cast(pl.Int64)).with_columns(
        loaded_at=pl.when(is_late).then(pl.col("loaded_at").filter(~is_late).min().over("wave")).otherwise("loaded_at")
    )
    edges = late_events.waves()
    columns = edges[0].columns
    return [
        pl.concat(
            [edge, events.filter(pl.col("wave") == number).select(pl.all().cast(pl.String))], how="diagonal"
        ).select(columns)
        for number, edge in enumerate(edges)
    ]


class Pair:
    """One project in two warehouses, and what differs between them after each build."""

    def __init__(self, emulator, folder: Path) -> None:
        self.emulator = emulator
        self.file = folder / "warehouse.duckdb"
        self.folder = folder
        self.differences: dict[str, dict[str, list[str]]] = {}
        emulator.dbt("deps")

    def build(self, stage: str, wave: pl.DataFrame | None) -> None:
        """Build both, at the same time."""
        command = ["build", "--exclude-resource-types", "test", "unit_test", *STAGES[stage]]
        if wave is not None:
            late_events.append_to_duckdb(self.file, wave)
            with self.emulator.connect() as connection:
                upper = wave.rename(str.upper)
                write_rows(connection, late_events.RELATION, upper, "append" if self.differences else "create")
        with ThreadPoolExecutor(2) as pool:
            relation = f"{DATABASE}.{SCHEMA}.{late_events.RELATION}"
            emulated = pool.submit(self.emulator.dbt, *command, variables=VARS | {"events_relation": relation})
            self._build_duckdb(command)
            emulated.result()
        self.differences[stage] = self._compare()

    def _build_duckdb(self, command: list[str]) -> None:
        options = ["--vars", json.dumps(VARS | {"events_relation": late_events.RELATION})]
        told = subprocess.run(
            [
                *[str(Path(sys.executable).with_name("dbt")), *command, *options, "--target-path", str(self.folder)],
                *["--log-path", str(self.folder), "--profiles-dir", "profiles", "--no-use-colors"],
            ],
            cwd=ROOT,
            env=os.environ | {"CLICKINTENT_DUCKDB": str(self.file)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.returncode == 0, told.stdout[-4000:] + told.stderr[-4000:]

    def _compare(self) -> dict[str, list[str]]:
        found = {}
        with duckdb.connect(str(self.file), read_only=True) as ours, self.emulator.connect() as theirs:
            for table, columns in _tables(ours).items():
                rows = _comparable(rows_of_duckdb(ours, table, columns), columns)
                key = KEYS.get(table) or _key(rows, columns)
                others = _comparable(rows_of_fakesnow(theirs, table, columns), columns)
                found[table] = differences(rows, others, columns, key)
        return found


def _comparable(rows: list[tuple], columns: list[str]) -> list[tuple]:
    """Rows less how long a training took, and less the case of names in raw rows, which are Snowflake's upper case."""

    def value(column: str, held: object) -> object:
        if column == "metrics" and isinstance(held, dict):
            return {name: figure for name, figure in held.items() if name != "seconds"}
        if column == "raw" and isinstance(held, dict):
            return {name.lower(): part for name, part in held.items()}
        return held

    return [tuple(map(value, columns, row)) for row in rows]


def _tables(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    rows = connection.execute("""
        select table_name, column_name from duckdb_columns()
        where database_name = current_database() and schema_name = 'main' and not internal
        order by table_name, column_index
    """).fetchall()
    tables: dict[str, list[str]] = {}
    for table, column in rows:
        if table.lower() not in INTERNAL and column not in MADE_AT:
            tables.setdefault(table, []).append(column)
    return tables


def _key(rows: list[tuple], columns: list[str]) -> list[str]:
    """The fewest first columns that tell the rows apart: keys stand first in every table."""
    for count in range(1, len(columns)):
        if len({repr(row[:count]) for row in rows}) == len(rows):
            return columns[:count]
    return columns


@pytest.fixture(scope="module")
def built(emulator, tmp_path_factory):
    pair = Pair(emulator, tmp_path_factory.mktemp("duckdb"))
    for stage, wave in zip(STAGES, [*waves(), None], strict=True):
        pair.build(stage, wave)
    return pair


@pytest.mark.parametrize("stage", STAGES)
def test_every_table_holds_the_same_rows_on_both(built, stage):
    assert {table: found for table, found in built.differences[stage].items() if found} == {}


def test_the_queries_of_python_models_are_snowflakes_sql(built):
    queries = [json.loads(line) for line in built.emulator.queries.read_text().splitlines()]
    found = {f"{query['model']}: {problem}" for query in queries for problem in problems(query["query"])}
    assert len(queries) > 100
    assert found == set()


def test_something_is_compared(built):
    counts = {
        table: duckdb.connect(str(built.file), read_only=True).execute(f"select count(*) from {table}").fetchone()[0]
        for table in ("sessions", "session_embeddings", "intent_classifier", "customer_embeddings", "journeys", *JUDGED)
    }
    assert all(counts.values()), counts
