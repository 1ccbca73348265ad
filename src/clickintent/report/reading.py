"""The tables of figures that a build left, in one shape, and what they are of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import duckdb
import polars as pl

SYNTHETIC: Final = "demo"
"""The event source that is simulated."""
_SHAPE: Final = {
    "task": "varchar",
    "model": "varchar",
    "segment": "varchar",
    "metric": "varchar",
    "value": "double",
    "low": "double",
    "high": "double",
    "n": "bigint",
}
_ABOUT: Final = ("split_at", "encoder_version", "taxonomy_version", "classifier_version", "evaluated_at")
_FITTED: Final = "dbt build --select tag:evaluation"
_BUILT: Final = "dbt build"


@dataclass(frozen=True)
class Evaluation:
    """A table that the report knows.

    Attributes:
        table: its name.
        title: what it answers.
        command: that builds it.
    """

    table: str
    title: str
    command: str


EVALUATIONS: Final = (
    Evaluation("eval_conversion", "What comes next: conversions", _FITTED),
    Evaluation("eval_tile_ranking", "What a ranker gains: tiles", _FITTED),
    Evaluation("eval_platform_alignment", "Do web and app sessions of one intent meet?", _FITTED),
    Evaluation("eval_sensitive", "What can be read of sensitive intents", _FITTED),
    Evaluation("eval_stability", "What stays when it is made once more", _FITTED),
    Evaluation("eval_distillation", "The student beside its teacher", _BUILT),
    Evaluation("eval_learning_curve", "How many labels a student needs", _FITTED),
    Evaluation("eval_labels", "Intents against the truth", _BUILT),
    Evaluation("eval_taxonomy", "The taxonomy against the truth", _BUILT),
    Evaluation("encoder_drift", "How far sessions have moved since the encoder was trained", _BUILT),
)


@dataclass(frozen=True)
class Evaluations:
    """What a build left.

    Attributes:
        evaluations: those that are told of, in order: `EVALUATIONS`, and others that the file has.
        figures: table -> task, model, segment, metric, value, low, high, n; only tables with rows.
        about: table -> what its rows have in common, such as 'split_at', as text; of several values none.
        missing: tables that are not there or have no rows.
        sources: event sources of the sessions.
        sessions: how many human sessions there are.
    """

    evaluations: tuple[Evaluation, ...]
    figures: Mapping[str, pl.DataFrame]
    about: Mapping[str, Mapping[str, str]]
    missing: tuple[Evaluation, ...]
    sources: tuple[str, ...]
    sessions: int

    @property
    def is_synthetic(self) -> bool:
        """Whether any of the events are the demo bank's."""
        return SYNTHETIC in self.sources


def read_evaluations(connection: duckdb.DuckDBPyConnection) -> Evaluations:
    """All tables of `EVALUATIONS` that hold rows.

    Args:
        connection: to a file that `dbt build` wrote.
    """
    figures, about = {}, {}
    evaluations = (*EVALUATIONS, *_others(connection))
    for evaluation in evaluations:
        columns = _columns(connection, evaluation.table)
        frame = _read(connection, evaluation.table, columns) if columns else None
        if frame is not None and frame.height:
            figures[evaluation.table] = frame
            about[evaluation.table] = _about(connection, evaluation.table, columns)
    missing = tuple(evaluation for evaluation in evaluations if evaluation.table not in figures)
    sources = connection.execute("select distinct source from sessions order by source").fetchall()
    counted = connection.execute("select count(*) from sessions where not is_bot").fetchone()
    return Evaluations(
        evaluations, figures, about, missing, tuple(row[0] for row in sources), counted[0] if counted else 0
    )


def _others(connection: duckdb.DuckDBPyConnection) -> list[Evaluation]:
    """Tables of figures that this version of the report has no words for."""
    rows = connection.execute(
        """
        select table_name from information_schema.columns
        where starts_with(table_name, 'eval_') and column_name in ('task', 'model', 'segment', 'metric', 'value', 'n')
        group by table_name having count(distinct column_name) = 6 order by table_name
        """
    ).fetchall()
    known = {evaluation.table for evaluation in EVALUATIONS}
    return [Evaluation(table, table, _FITTED) for (table,) in rows if table not in known]


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    query = "select column_name from information_schema.columns where table_name = ? order by ordinal_position"
    return [row[0] for row in connection.execute(query, [table]).fetchall()]


def _read(connection: duckdb.DuckDBPyConnection, table: str, columns: list[str]) -> pl.DataFrame:
    if table == "encoder_drift":
        return _drift(connection)
    # tables from before there were segments call them channels, and tell figures of single intents in rows of their own
    segment = "segment" if "segment" in columns else "channel"
    where = "where intent_id is null" if "intent_id" in columns else ""
    chosen = ", ".join(
        f"cast({segment if name == 'segment' else name} as {kind}) as {name}" for name, kind in _SHAPE.items()
    )
    # of a curve, how many it was fitted on is what tells its models apart
    order = "order by task, model, segment, metric, train_n" if table == "eval_learning_curve" else ""
    if order:
        chosen = chosen.replace("cast(model as varchar)", "model || ', ' || train_n || ' labels'")
    frame = pl.from_arrow(connection.execute(f"select {chosen} from {table} {where} {order}").to_arrow_table())  # noqa: S608
    assert isinstance(frame, pl.DataFrame)
    return frame.with_columns(pl.col("value", "low", "high").fill_nan(None))


def _drift(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    rows = connection.execute(
        "select channel, session_count, page_event_count, embedding_shift, new_page_event_share from encoder_drift "
        "order by channel"
    ).fetchall()
    told = [
        {"task": "drift", "model": "encoder in force", "segment": channel, "metric": metric, "value": value, "n": n}
        for channel, sessions, events, shift, share in rows
        for metric, value, n in (("embedding_shift", shift, sessions), ("new_page_event_share", share, events))
    ]
    types = {name: pl.Float64 if name in ("value", "low", "high") else pl.String for name in _SHAPE} | {"n": pl.Int64}
    return pl.DataFrame(told, schema=types)


def _about(connection: duckdb.DuckDBPyConnection, table: str, columns: list[str]) -> dict[str, str]:
    about = {}
    for name in _ABOUT:
        if name in columns:
            values = connection.execute(f"select distinct {name} from {table} where {name} is not null").fetchall()  # noqa: S608
            if len(values) == 1:
                # versions are names, times are told to the day: a report is the same whenever the tables are
                about[name] = f"{values[0][0]:%Y-%m-%d}" if name.endswith("_at") else str(values[0][0])
    return about
