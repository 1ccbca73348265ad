"""What labelling by a language model takes at the least: all but the model.

The stand-in server of the tests answers at once, on this machine. What is left is writing prompts, sending them,
checking and keeping answers. A model on top of that takes as long as its answers have tokens.
"""

import sys
import time
from typing import Any

import duckdb
import polars as pl

from benchmarks.classifier.built import Built
from benchmarks.folders import ROOT
from clickintent.labeling.llm_setup import LlmAccess, make_llm_labeler
from clickintent.llm import CALL_SCHEMA, CallStore
from clickintent.stages.run import BuiltTable, Run


def measure_llm_floor(built: Built) -> dict[str, Any]:
    """Sessions a second through the labeler `openai` with a model that takes no time, and the tokens it would read."""
    sys.path.insert(0, str(ROOT / "tests"))
    from label_model import label_by_hash  # noqa: PLC0415 - of the tests, which are no package
    from llm_server import LlmServer  # noqa: PLC0415

    with duckdb.connect() as connection, LlmServer(label_by_hash) as server:
        connection.register("no_calls", pl.DataFrame(schema=CALL_SCHEMA).to_arrow())
        connection.execute("create table llm_calls as from no_calls")
        access = LlmAccess(
            var={"model": "stand-in", "base_url": server.url},
            store=CallStore(Run(BuiltTable("session_labels"), connection).warehouse, "llm_calls"),
            prices={},
            environment={},
        )
        labeler = make_llm_labeler(built.taxonomy, access)
        started = time.perf_counter()
        labeler.label(built.narratives, ["web"] * len(built.narratives))
        seconds = time.perf_counter() - started
        distinct = len(set(built.narratives))
        calls = connection.execute(
            "select count(*), sum(prompt_tokens), sum(completion_tokens) from llm_calls"
        ).fetchall()[0]
    return {
        "narratives": distinct,
        "calls": calls[0],
        "per_second": round(distinct / seconds, 1),
        "prompt_tokens_per_session": round(calls[1] / distinct, 1),
        "completion_tokens_per_session": round(calls[2] / distinct, 1),
    }
