"""fakesnow as a server of its own, and dbt over it."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import snowflake.connector

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
INTERPRETER = os.environ.get("CLICKINTENT_FAKESNOW_PYTHON", str(ROOT / ".venv-fakesnow" / "bin" / "python"))
"""fakesnow wants a DuckDB of another version: `make .venv-fakesnow/.installed` makes its environment."""
DATABASE, SCHEMA = "CLICKINTENT", "ANALYTICS"
START_SECONDS = 60
NETWORK_TIMEOUT = 60
"""Seconds after which a question that fakesnow cannot answer is an error: until then the connector asks again."""


class Emulator:
    """A server on a free port, with an empty database, until it is closed.

    Args:
        folder: for its log, dbt's profile, and what dbt writes.
        file: a DuckDB file whose tables it starts with.
    """

    def __init__(self, folder: Path, file: Path | None = None) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("localhost", 0))
            self.port = free.getsockname()[1]
        with (folder / "fakesnow.log").open("w") as log:
            command = [INTERPRETER, str(HERE / "serve_fakesnow.py"), str(self.port), *([str(file)] if file else [])]
            self._server = subprocess.Popen(command, stdout=log, stderr=log)
        self._wait()
        self.queries = folder / "queries.jsonl"
        self._write_profile()

    def close(self) -> None:
        """Stop the server; its tables are gone."""
        self._server.kill()
        self._server.wait()

    def connect(self):
        """A connection of Snowflake's connector."""
        return snowflake.connector.connect(**self._login(), network_timeout=NETWORK_TIMEOUT)

    def dbt(self, *arguments: str, variables: dict | None = None) -> None:
        """Run dbt in the test project; a failure fails the test, with the end of what dbt said."""
        environment = os.environ | {
            "PYTHONPATH": str(ROOT / "src"),
            "CLICKINTENT_FAKESNOW_PACKAGES": str(self.folder / "packages"),
            "CLICKINTENT_RECORDED_QUERIES": str(self.queries),
        }
        options = ["--profiles-dir", str(self.folder)]
        if arguments[0] != "deps":
            options += ["--target-path", str(self.target), "--log-path", str(self.folder), "--no-use-colors"]
            options += ["--vars", json.dumps(variables or {})]
        told = subprocess.run(
            [sys.executable, str(HERE / "run_dbt.py"), *arguments, *options],
            cwd=HERE / "project",
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.returncode == 0, told.stdout[-4000:] + told.stderr[-4000:]

    @property
    def target(self) -> Path:
        """Where dbt leaves what it compiled and ran."""
        return self.folder / "target"

    def _login(self) -> dict[str, object]:
        return {
            "account": "fakesnow",
            "host": "localhost",
            "port": self.port,
            "protocol": "http",
            "user": "fake",
            "password": "fake",
            "database": DATABASE,
            "schema": SCHEMA,
        }

    def _write_profile(self) -> None:
        output = self._login() | {"type": "snowflake", "warehouse": "WH", "threads": 1, "insecure_mode": True}
        profile = {"clickintent_fakesnow": {"target": "snowflake", "outputs": {"snowflake": output}}}
        (self.folder / "profiles.yml").write_text(json.dumps(profile))

    def _wait(self) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            assert self._server.poll() is None, (self.folder / "fakesnow.log").read_text()
            with socket.socket() as probe:
                if probe.connect_ex(("localhost", self.port)) == 0:
                    return
            time.sleep(0.1)
        self.close()
        raise TimeoutError(f"fakesnow did not answer within {START_SECONDS} seconds: {self.folder / 'fakesnow.log'}")
