"""Stages `demo_events` and `demo_truth_events`: the synthetic bank as a source, and its truth for evaluation."""

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import polars as pl

from clickintent.demo import DemoBank, Simulation, simulate, source_hash
from clickintent.demo.render import EVENT_COLUMNS
from clickintent.stages.run import Run, Schema
from clickintent.warehouse import Relation

DEMO_EVENT_SCHEMA: Final[Schema] = {**EVENT_COLUMNS, "simulation": pl.String}
TRUTH_SCHEMA: Final[Schema] = {
    "event_id": pl.String,
    "simulated_session_id": pl.String,
    "group": pl.String,
    "intent": pl.String,
    "need": pl.String,
    "is_mixed": pl.Boolean,
    "is_ambiguous": pl.Boolean,
    "oracle_group": pl.String,
    "oracle_intent": pl.String,
    "simulation": pl.String,
}


def load_demo_events(run: Run, bank: Mapping[str, Any]) -> Relation:
    """The demo bank's events where there are none yet.

    Raises:
        ValueError: the table holds another bank, or one of another simulator.
    """
    if _is_loaded(run, DEMO_EVENT_SCHEMA, bank):
        return run.nothing(DEMO_EVENT_SCHEMA)
    events = _simulate(DemoBank(**bank)).events
    return run.rows(events.with_columns(simulation=pl.lit(simulation_id(bank))), DEMO_EVENT_SCHEMA)


def load_demo_truth(run: Run, bank: Mapping[str, Any]) -> Relation:
    """What the simulator knows of each event's session: for evaluation only."""
    if _is_loaded(run, TRUTH_SCHEMA, bank):
        return run.nothing(TRUTH_SCHEMA)
    truth = _simulate(DemoBank(**bank)).truth
    return run.rows(truth.with_columns(simulation=pl.lit(simulation_id(bank))), TRUTH_SCHEMA)


def simulation_id(bank: Mapping[str, Any]) -> str:
    """Hash of the bank's description and the simulator's source: what a simulated table came from."""
    described = json.dumps(dict(bank), sort_keys=True) + source_hash()
    return f"sim-{hashlib.sha256(described.encode()).hexdigest()[:12]}"


def _is_loaded(run: Run, schema: Schema, bank: Mapping[str, Any]) -> bool:
    if run.is_empty:
        return True
    held = run.warehouse.read(f"select distinct simulation from {run.known(schema)} as known")["simulation"].to_list()
    if held and held != [simulation_id(bank)]:
        raise ValueError(
            f"The demo tables hold the simulation {held[0]}, and the var `demo` or the simulator has changed to "
            f"{simulation_id(bank)}. Events are append-only: run `dbt build --full-refresh`, or build into a new file."
        )
    return bool(held)


@lru_cache(maxsize=1)
def _simulate(bank: DemoBank) -> Simulation:
    """Events and truth are two models of one build: the second does not simulate again."""
    return simulate(bank)
