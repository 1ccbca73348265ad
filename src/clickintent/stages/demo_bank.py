"""Stages `demo_events` and `demo_truth_events`: the synthetic bank as a source, and its truth for evaluation."""

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import polars as pl

from clickintent.demo import DemoBank, Simulation, simulate, source_hash
from clickintent.demo.render import EVENT_COLUMNS
from clickintent.privacy.tombstones import without_erased
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


def load_demo_events(run: Run, bank: Mapping[str, Any], erasures: Relation) -> Relation:
    """The demo bank's events where there are none yet, less those of people who were erased.

    Raises:
        ValueError: the table holds another bank, or one of another simulator.
    """
    if _is_loaded(run, DEMO_EVENT_SCHEMA, bank):
        return run.nothing(DEMO_EVENT_SCHEMA)
    events = _without_erased(run, _simulate(DemoBank(**bank)).events, erasures)
    return run.rows(events.with_columns(simulation=pl.lit(simulation_id(bank))), DEMO_EVENT_SCHEMA)


def load_demo_truth(run: Run, bank: Mapping[str, Any], erasures: Relation) -> Relation:
    """What the simulator knows of each event's session: for evaluation only."""
    if _is_loaded(run, TRUTH_SCHEMA, bank):
        return run.nothing(TRUTH_SCHEMA)
    simulation = _simulate(DemoBank(**bank))
    truth = simulation.truth.join(_without_erased(run, simulation.events, erasures), on="event_id", how="semi")
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


def _without_erased(run: Run, events: pl.DataFrame, erasures: Relation) -> pl.DataFrame:
    erased = run.warehouse.read(
        f"select person_kind, person_hash, erased_before from {run.source(erasures)} as erasures"
    )
    return without_erased(events, erased, source="demo")


@lru_cache(maxsize=1)
def _simulate(bank: DemoBank) -> Simulation:
    """Events and truth are two models of one build: the second does not simulate again."""
    return simulate(bank)
