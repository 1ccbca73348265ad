"""Every statement that dbt-snowflake would send, without a connection: `python dry_run.py FOLDER FILE`.

The adapter is asked to write its statements down in place of sending them, and told that none of the tables is there
(the first build), that every one is (the next), or that an earlier version made them (the upgrade). So seeds, hooks,
DDL, configuration and the procedures of Python models are what Snowflake would get, word for word; of a seed's rows
there is one, whose values are question marks. Of data tests there are the queries, around which dbt counts.

The statements go to FILE as JSON: 'first', 'next', 'upgrade' or 'tests' -> node -> statements; those of data tests
under what they test, each below its name.
"""

import json
import re
import sys
from datetime import date
from pathlib import Path

import agate
import polars as pl
from dbt.adapters.contracts.connection import AdapterResponse, ConnectionState
from dbt.adapters.snowflake import SnowflakeConnectionManager
from dbt.adapters.snowflake.impl import SnowflakeAdapter
from dbt.cli.main import dbtRunner

ROOT = Path(__file__).resolve().parents[2]
VARS = {
    "event_source": ["demo", "generic", "snowplow", "segment", "ga4"],
    "events_relation": "raw.web_events",
    "as_of": "2026-07-01 00:00:00",
}
PROFILE = {
    "clickintent": {
        "target": "snowflake",
        "outputs": {
            "snowflake": {
                "type": "snowflake",
                "account": "nobody",
                "user": "nobody",
                "password": "nobody",
                "threads": 1,
                "database": "CLICKINTENT",
                "schema": "ANALYTICS",
                "warehouse": "WH",
            }
        },
    }
}
PASSING = "show parameters like 'query_tag'"
"""A question of dbt's own before each model, which says nothing of it."""

ANSWERS: dict[str, dict[str, object]] = {
    "show parameters like 'query_tag'": {"value": ""},
    "as first_day": {"first_day": date(2026, 6, 1), "last_day": date(2026, 6, 3)},
    "as is_changed": {"is_changed": 1},
    "as window_from": {"source": "generic", "window_from": "2026-06-25 00:00:00", "batch_from": "2026-06-20"},
    "coalesce(ours.day": {"day": date(2026, 6, 1)},
}
"""Text in a question that a macro asks -> the row it gets."""

LATER_COLUMNS = {
    ("analytics", "stg_events"): ["engaged_seconds", "load_batch"],
    ("analytics", "quarantined_events"): ["load_batch"],
    ("analytics", "ingestion_audit"): ["erased_count", "is_to_recount"],
    ("analytics", "event_types"): ["is_heartbeat"],
}
"""What tables of earlier versions lack, which `macros/upgrade_stored_events.sql` mends or drops."""

BOUND_ROWS = re.compile(r"\((?P<row>(\s|%s|,)+)\)[\s,()%s]*$")
"""What dbt writes for the values of a seed's rows."""

Table = tuple[str, str]
"""Schema and name, in lower case."""


class Recorder:
    """Stands for Snowflake in an adapter: writes statements down, and says which tables there are.

    Args:
        models: table -> columns of it.
        sources: the same of what the project reads, which is there in any case.
        views: the models that are views.
        are_built: whether the models' tables are there.
        lacking: table -> columns that it has not.
    """

    def __init__(
        self,
        models: dict[Table, list[str]],
        sources: dict[Table, list[str]],
        views: set[Table],
        *,
        are_built: bool,
        lacking: dict[Table, list[str]],
    ) -> None:
        self.columns = models | sources
        for table, columns in lacking.items():
            self.columns[table] = [column for column in self.columns[table] if column not in columns]
        self.views = views
        self.there = self.columns if are_built else sources
        self.statements: dict[str, list[str]] = {}

    def install(self) -> None:
        """Put it into dbt-snowflake's classes, in this process alone."""
        SnowflakeConnectionManager.open = staticmethod(_opened)
        SnowflakeConnectionManager.cancel_open = lambda _: []
        SnowflakeAdapter.execute = lambda adapter, sql, *_args, **_kwargs: self.execute(adapter, sql)
        SnowflakeAdapter.add_query = lambda adapter, sql, *_args, **_kwargs: self.add_query(adapter, sql)
        SnowflakeAdapter.list_relations_without_caching = lambda adapter, schema: self.relations(adapter, schema)  # noqa: PLW0108 - it becomes a method
        SnowflakeAdapter.get_columns_in_relation = lambda adapter, relation: self.columns_of(
            adapter, relation.schema, relation.identifier
        )
        SnowflakeAdapter.get_column_schema_from_query = lambda adapter, query, *_: self.columns_of(
            adapter, *_asked_for(adapter, query)
        )
        SnowflakeAdapter.check_schema_exists = lambda *_: True
        SnowflakeAdapter.list_schemas = lambda *_: ["ANALYTICS"]

    def execute(self, adapter: SnowflakeAdapter, sql: str) -> tuple[AdapterResponse, agate.Table]:
        """Write a statement down; it gives no rows but what `ANSWERS` has."""
        node = _node(adapter)
        if not sql.strip().lower().startswith(PASSING):
            self.statements.setdefault(node, []).append(sql.strip())
        answer = next((answer for asked, answer in ANSWERS.items() if asked in sql), None)
        table = agate.Table([list(answer.values())], list(answer)) if answer else agate.Table([], ["nothing"])
        return AdapterResponse("SUCCESS", rows_affected=0), table

    def add_query(self, adapter: SnowflakeAdapter, sql: str) -> tuple[None, None]:
        """Write down what dbt sends of a seed: its rows as one row of question marks."""
        self.statements.setdefault(_node(adapter), []).append(BOUND_ROWS.sub(_one_row, sql.strip()))
        return None, None

    def relations(self, adapter: SnowflakeAdapter, schema) -> list:
        """The tables of a schema that are there."""
        return [
            adapter.Relation.create(
                database=schema.database,
                schema=owner.upper(),
                identifier=name.upper(),
                type="view" if (owner, name) in self.views else "table",
            )
            for owner, name in self.there
            if owner == schema.schema.lower()
        ]

    def columns_of(self, adapter: SnowflakeAdapter, schema: str, name: str) -> list:
        """The columns of a table, all of them text."""
        return [
            adapter.Column(column.upper(), "VARCHAR") for column in self.columns.get((schema.lower(), name.lower()), [])
        ]


def _node(adapter: SnowflakeAdapter) -> str:
    name = adapter.connections.get_thread_connection().name
    # 'model.clickintent.sessions', with the version of a model that has them behind it
    return "hooks" if name == "master" else name.split(".")[2]


def _one_row(rows: re.Match[str]) -> str:
    return f"({', '.join('?' * rows['row'].count('%s'))})"


def _asked_for(adapter: SnowflakeAdapter, query: str) -> Table:
    """What a query is of: a relation of the sources, else the model itself, whose contract is held against it."""
    relation = re.search(r"from (raw)\.(\w+)", query)
    return (relation[1], relation[2]) if relation else ("analytics", _node(adapter))


def _opened(connection):
    connection.state = ConnectionState.OPEN
    connection.handle = None
    return connection


def source_columns() -> dict[Table, list[str]]:
    """Tables of the sources as the fixtures of their tests have them -> columns."""
    fixtures = ROOT / "tests" / "integration" / "fixtures"
    files = {("ga4", "events"): "ga4/events", ("atomic", "events"): "snowplow/events"}
    files |= {("segment", name): f"segment/{name}" for name in ("identifies", "pages", "screens", "tracks")}
    found = {table: pl.read_ndjson(fixtures / f"{file}.jsonl").columns for table, file in files.items()}
    return found | {
        ("raw", "web_events"): ["visitor_id", "event_at", "event_type", "page_url", "loaded_at", "event_id"]
    }


def run(folder: Path) -> dict[str, dict[str, list[str]]]:
    """Statements of the first build, the next one and an upgrade, by node; and of data tests, by what they test."""
    (folder / "profiles.yml").write_text(json.dumps(PROFILE))
    options = ["--project-dir", str(ROOT), "--profiles-dir", str(folder), "--target-path", str(folder / "target")]
    options += ["--log-path", str(folder), "--vars", json.dumps(VARS), "--quiet"]
    parsed = dbtRunner().invoke(["parse", *options])
    assert parsed.success, parsed.exception
    nodes = list(parsed.result.nodes.values())
    models = {
        ("analytics", node.alias.lower()): list(node.columns)
        for node in nodes
        if node.resource_type in ("model", "seed")
    }
    views = {
        ("analytics", node.alias.lower())
        for node in nodes
        if node.resource_type == "model" and node.config.materialized == "view"
    }

    def done(*command: str):
        found = dbtRunner().invoke([*command, *options])
        failed = [f"{result.node.name}: {result.message}" for result in found.result or [] if result.status == "error"]
        assert found.success, failed or found.exception
        return found.result

    def told(*command: str, are_built: bool = True, lacking=None) -> dict[str, list[str]]:
        recorder = Recorder(models, source_columns(), views, are_built=are_built, lacking=lacking or {})
        recorder.install()
        done(*command)
        return recorder.statements

    # a plain build would leave the fits of the evaluation out
    build = ["build", "--exclude-resource-types", "test", "unit_test", "--select", "resource_type:model"]
    return {
        "first": told(*build, "resource_type:seed", are_built=False),
        "next": told(*build, "resource_type:seed"),
        # the seed is any node: hooks run where something does
        "upgrade": {"hooks": told("seed", "--select", "event_types", lacking=LATER_COLUMNS)["hooks"]},
        # a test's verdict is read off its rows, which there are none of here: what it asks is enough
        "tests": _by_tested([result.node for result in done("compile", "--select", "test_type:data")]),
    }


def _by_tested(compiled: list) -> dict[str, list[str]]:
    """Model or seed -> the queries of its data tests, each below the test's name, in the order of those."""
    found: dict[str, list[str]] = {}
    for test in sorted((node for node in compiled if node.resource_type == "test"), key=lambda node: node.name):
        attached = getattr(test, "attached_node", None)  # a singular test stands for itself
        tested = attached.split(".")[2] if attached else test.name
        lines = [line for line in test.compiled_code.splitlines() if line.strip()]
        found.setdefault(tested, []).append("\n".join([f"-- {test.name}", *lines]))
    return found


if __name__ == "__main__":
    target, file = map(Path, sys.argv[1:])
    file.write_text(json.dumps(run(target), indent=1))
