"""dbt over dbt-snowflake and fakesnow, in which Python models run: `python run_dbt.py build --select ...`.

dbt-snowflake sends a Python model to Snowflake inside a stored procedure. Here the compiled body is taken before that,
and its `main` is called with an emulated session: see `emulated_session`. The variable CLICKINTENT_RECORDED_QUERIES
names a file to which the queries of the models are written, a line of JSON for each.
"""

import json
import os
import sys
from functools import partial
from pathlib import Path

import snowflake.connector
from dbt.adapters.contracts.connection import AdapterResponse
from dbt.adapters.snowflake.impl import SnowflakeAdapter
from dbt.cli.main import dbtRunner
from emulated_session import emulated_session


def run_python_model(adapter: SnowflakeAdapter, parsed_model: dict, compiled_code: str) -> AdapterResponse:
    """Stands for `SnowflakeAdapter.submit_python_job`."""
    recorded = os.environ.get("CLICKINTENT_RECORDED_QUERIES")

    def record(query: str) -> None:
        if recorded:
            with Path(recorded).open("a") as file:
                file.write(json.dumps({"model": parsed_model["name"], "query": query}) + "\n")

    body: dict[str, object] = {"__name__": parsed_model["name"]}
    exec(compile(compiled_code, f"{parsed_model['name']}.py", "exec"), body)
    body["main"](emulated_session(adapter.connections.get_thread_connection().handle, record))
    return AdapterResponse("OK")


NETWORK_TIMEOUT = 60
"""Seconds after which a question that fakesnow cannot answer is an error: until then the connector asks again."""


if __name__ == "__main__":
    snowflake.connector.connect = partial(snowflake.connector.connect, network_timeout=NETWORK_TIMEOUT)
    SnowflakeAdapter.submit_python_job = run_python_model
    done = dbtRunner().invoke(sys.argv[1:])
    if done.exception:
        sys.stderr.write(f"{done.exception}\n")
    sys.exit(0 if done.success else 1)
