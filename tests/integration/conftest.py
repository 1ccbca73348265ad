"""A dbt project under test: builds into a DuckDB file of its own, in processes of its own."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import polars as pl
import pytest
from arrivals import Arrivals

ROOT = Path(__file__).resolve().parents[2]
DBT = Path(sys.executable).with_name("dbt")
WITHOUT_PARSING = Path(__file__).with_name("dbt_without_parsing.py")

# A small bank and a short training: enough for every table to have rows, seconds instead of minutes.
SMALL_BANK = {"people": 600, "days": 30, "seed": 3, "linked": True}
SHORT_TRAINING = {"encoder_training_steps": 12, "min_training_sessions": 200, "min_coverage": 0.5}


# dbt_project.yml of a project that has this one as a package
HOST_PROJECT = """
name: host
version: "1.0.0"
config-version: 2
profile: clickintent
flags: {send_anonymous_usage_stats: false, require_generic_test_arguments_property: true}
"""

# Commands that run nodes of the project, and need not parse it where a run of the same vars has done so
RUNS_NODES = {"build", "run", "test"}

# What a build was about to read: told anew by each, and no part of the result.
OF_ONE_BUILD = {"batches_to_read", "load_windows"}


@dataclass
class Project:
    """The clickintent project with a file and vars of its own.

    Attributes:
        folder: where the file, dbt's target and its logs lie.
        vars: of each command.
        parsed: where all projects of a session keep what dbt parsed, by vars.
    """

    folder: Path
    parsed: Path
    vars: dict = field(default_factory=dict)

    @property
    def file(self) -> Path:
        return self.folder / "warehouse.duckdb"

    def command(self, *arguments: str, **more_vars) -> tuple[list[str], dict[str, str]]:
        parsed = self._parsed_with({**self.vars, **more_vars})
        is_parsed = parsed.exists() and arguments[0] in RUNS_NODES
        command = [sys.executable, str(WITHOUT_PARSING), str(parsed)] if is_parsed else [str(DBT)]
        command += ["--no-use-colors", *arguments, "--vars", json.dumps({**self.vars, **more_vars})]
        command += ["--target-path", str(self.folder / "target"), "--log-path", str(self.folder / "logs")]
        environment = {
            **os.environ,
            "CLICKINTENT_DUCKDB": str(self.file),
            "DBT_PROFILES_DIR": str(ROOT / "profiles"),
        }
        return command, environment

    def dbt(self, *arguments: str, **more_vars) -> subprocess.CompletedProcess[str]:
        command, environment = self.command(*arguments, **more_vars)
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
        made = self.folder / "target" / "partial_parse.msgpack"
        if command[0] == str(DBT) and made.exists():
            made.replace(self._parsed_with({**self.vars, **more_vars}))
        return done

    def _parsed_with(self, all_vars: dict) -> Path:
        told = json.dumps(all_vars, sort_keys=True, default=str)
        return self.parsed / f"{hashlib.sha256(told.encode()).hexdigest()}.msgpack"

    def build(self, *arguments: str, **more_vars) -> str:
        """Everything but dbt's unit tests, which read no data and have a test of their own."""
        return self.succeed("build", "--exclude-resource-type", "unit_test", *arguments, **more_vars)

    def run(self, *arguments: str, **more_vars) -> str:
        """Models and seeds without data tests: for the parts of a build."""
        return self.succeed("build", "--exclude-resource-type", "unit_test", "test", *arguments, **more_vars)

    def succeed(self, *arguments: str, **more_vars) -> str:
        done = self.dbt(*arguments, **more_vars)
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
        return done.stdout

    def query(self, sql: str) -> list[tuple]:
        with duckdb.connect(str(self.file), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def copy(self, folder: Path) -> "Project":
        """The same project with its own copy of the file."""
        shutil.copy(self.file, folder / "warehouse.duckdb")
        return Project(folder, self.parsed, dict(self.vars))

    def tables(self) -> list[str]:
        rows = self.query(
            "select table_name from information_schema.tables where table_schema = 'main' and table_type = 'BASE TABLE'"
        )
        return sorted(name for (name,) in rows if name not in OF_ONE_BUILD)

    def content(self, table: str, without: tuple[str, ...] = ()) -> pl.DataFrame:
        """All rows of a table as text, in an order of their own, to compare row for row."""
        with duckdb.connect(str(self.file), read_only=True) as connection:
            columns = [row[0] for row in connection.execute(f"describe {table}").fetchall() if row[0] not in without]
            texts = ", ".join(f'"{column}"::varchar as "{column}"' for column in columns)
            frame = pl.from_arrow(connection.execute(f"select {texts} from {table}").to_arrow_table())
        return frame.sort(frame.columns, nulls_last=True)


@pytest.fixture(scope="session")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What dbt parsed in this session."""
    return tmp_path_factory.mktemp("parsed")


@pytest.fixture
def project(tmp_path: Path, parsed: Path) -> Project:
    """An empty project."""
    return Project(tmp_path, parsed, dict(SHORT_TRAINING))


@pytest.fixture(scope="session")
def built_demo(tmp_path_factory: pytest.TempPathFactory, parsed: Path) -> Project:
    """A small demo bank, built once; tests that change it work on a copy."""
    project = Project(tmp_path_factory.mktemp("demo"), parsed, {**SHORT_TRAINING, "demo": SMALL_BANK})
    project.build()
    return project


@pytest.fixture(scope="session")
def arrivals_manifest(tmp_path_factory):
    """The project, read once: what a var says of the source is looked up at each build."""
    project = Arrivals(tmp_path_factory.mktemp("parsed"), {"event_source": "generic", "events_relation": "raw_events"})
    project.parse()
    return project.manifest


@pytest.fixture
def arrivals(tmp_path: Path, arrivals_manifest) -> Arrivals:
    return Arrivals(tmp_path, {"event_source": "generic"}, arrivals_manifest)
