"""From rates and volumes to node seconds, warehouse sizes, credits and dollars.

A stage's CPU time here becomes node seconds there: CPU seconds / (cores of a node x share of a core). One warehouse
runs all stages of a build; it is the smallest on which the build ends in the hours that it may take. Snowflake bills by
the second and a size up doubles nodes and credits, so the size hardly changes the credits: what it costs is what
scaling loses.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log2
from typing import Final

from clickintent.snowflake.estimate.assumptions import Assumptions, Stage

_HOUR: Final = 3600
_YEAR_DAYS: Final = 365
_MONTH_DAYS: Final = _YEAR_DAYS / 12
_TB: Final = 1e12
# A warehouse that starts is billed for a minute at least (docs.snowflake.com, Overview of warehouses)
_LEAST_SECONDS: Final = 60
_TRAINING_SIZE: Final = "M"  # the smallest Snowpark-optimized warehouse with 16 times the memory


@dataclass(frozen=True)
class StageCost:
    """One stage of one build, or of all builds of a day.

    Attributes:
        rows: Rows that are new in it: events or sessions, as `unit` says.
        unit: 'event' or 'session'.
        rows_read_again: Rows of earlier days that it reads though nothing changed in them; 0 where it reads none.
        bytes_written: Compressed.
        seconds: On the warehouse of the size.
        size: Of the warehouse.
        credits: Of which `credits_reading_again` for rows of earlier days.
        credits_reading_again: What bounds of time, incremental models or a shorter look-back would save.
    """

    rows: float
    unit: str
    rows_read_again: float
    bytes_written: float
    seconds: float
    size: str
    credits: float
    credits_reading_again: float


@dataclass(frozen=True)
class Estimate:
    """What it all comes to.

    Attributes:
        day: Stage -> cost of a day in steady state.
        first_build: Stage -> cost of the first build.
        training_credits: Of one training.
        label_ai_credits_a_day: AI credits for labels of a day.
        label_ai_credits_first_build: The same of the first build.
        storage_tb: Compressed terabytes in steady state, with the raw events.
        clustering_credits_a_day: As assumed.
        is_day_in_time: Whether the largest warehouse is enough for the hours of a day's builds.
        is_first_build_in_time: The same for the first build.
        dollars: 'a day', 'a month', 'first build', 'first year' -> part -> USD.
    """

    day: Mapping[str, StageCost]
    first_build: Mapping[str, StageCost]
    training_credits: float
    label_ai_credits_a_day: float
    label_ai_credits_first_build: float
    storage_tb: float
    clustering_credits_a_day: float
    is_day_in_time: bool
    is_first_build_in_time: bool
    dollars: Mapping[str, Mapping[str, float]]

    @property
    def credits_a_day(self) -> float:
        """Warehouse credits of a day in steady state."""
        return sum(cost.credits for cost in self.day.values())

    @property
    def credits_first_build(self) -> float:
        """Warehouse credits of the first build, without training."""
        return sum(cost.credits for cost in self.first_build.values())


@dataclass(frozen=True)
class _Work:
    """A stage's CPU seconds on the machine that was measured, with what it handles."""

    rows: float
    rows_read_again: float
    new_seconds: float
    again_seconds: float
    bytes_written: float


def work_out(assumed: Assumptions) -> Estimate:
    """The estimate that follows from the assumptions."""
    day, is_day_in_time = _build(assumed, _day_work(assumed), assumed["day_hours"], assumed["builds_a_day"])
    first, is_first_in_time = _build(assumed, _first_work(assumed), assumed["first_build_hours"], 1)
    training = (
        assumed.training_cpu_seconds
        / (assumed["cores_a_node"] * assumed["python_core_share"])
        / _HOUR
        * assumed.snowpark_optimized[_TRAINING_SIZE]
    )
    storage_tb = _storage_tb(assumed)
    labels_a_day, labels_first = (
        _label_credits(assumed, assumed[f"llm_labels_{when}"]) for when in ("a_day", "first_build")
    )
    credits_a_day, credits_first = (sum(cost.credits for cost in costs.values()) for costs in (day, first))
    clustering = assumed["clustering_credits_a_day"]
    credit, ai_credit = assumed["dollars_a_credit"], assumed["dollars_an_ai_credit"]
    storage_a_month = storage_tb * assumed["dollars_a_tb_month"]
    daily = {
        "warehouse": credits_a_day * credit,
        "clustering": clustering * credit,
        "training": training * credit * assumed["trainings_a_year"] / _YEAR_DAYS,
        "labels": labels_a_day * ai_credit,
        "storage": storage_a_month / _MONTH_DAYS,
    }
    built = {
        "warehouse": credits_first * credit,
        "clustering": 0.0,
        "training": training * credit,
        "labels": labels_first * ai_credit,
        "storage": 0.0,
    }
    year = {part: built[part] + daily[part] * _YEAR_DAYS for part in daily}
    # the first build's training is one of the year's
    year["training"] = daily["training"] * _YEAR_DAYS
    return Estimate(
        day,
        first,
        training,
        labels_a_day,
        labels_first,
        storage_tb,
        clustering,
        is_day_in_time,
        is_first_in_time,
        {
            "a day": daily,
            "a month": {part: dollars * _MONTH_DAYS for part, dollars in daily.items()},
            "first build": built,
            "first year": year,
        },
    )


def _day_work(assumed: Assumptions) -> dict[str, _Work]:
    works = {}
    for name, stage in assumed.stages.items():
        rows = _rows_a_day(assumed, stage)
        stored = rows * assumed["history_days"]
        looked_back = rows * min(assumed["lookback_days"], assumed["history_days"])
        works[name] = _Work(
            rows=rows,
            rows_read_again=max(stored * (stage.stored_us > 0), looked_back * (stage.lookback_us > 0)),
            new_seconds=rows * stage.new_us / 1e6,
            again_seconds=(stored * stage.stored_us + looked_back * stage.lookback_us) / 1e6 * assumed["builds_a_day"],
            bytes_written=assumed["storage_share"]
            * (
                rows * (stage.stored_bytes - stage.rebuilt_bytes)
                + stored * stage.rebuilt_bytes * assumed["builds_a_day"]
            ),
        )
    return works


def _first_work(assumed: Assumptions) -> dict[str, _Work]:
    works = {}
    for name, stage in assumed.stages.items():
        rows = _rows_a_day(assumed, stage) * assumed["first_build_days"]
        written = rows * stage.stored_bytes * assumed["storage_share"]
        works[name] = _Work(rows, 0.0, rows * stage.first_us / 1e6, 0.0, written)
    return works


def _rows_a_day(assumed: Assumptions, stage: Stage) -> float:
    return assumed["sessions_a_day"] * (assumed["events_a_session"] if stage.unit == "event" else 1)


def _build(
    assumed: Assumptions, works: Mapping[str, _Work], hours: float, builds: float
) -> tuple[dict[str, StageCost], bool]:
    """Costs of each stage on the smallest size that is in time, and whether one is."""
    sizes = list(assumed.standard)
    costs: dict[str, StageCost] = {}
    for size in sizes:
        costs = _on_size(assumed, works, size, builds)
        if sum(cost.seconds for cost in costs.values()) <= hours * _HOUR:
            return costs, True
    return costs, False


def _on_size(assumed: Assumptions, works: Mapping[str, _Work], size: str, builds: float) -> dict[str, StageCost]:
    doublings = log2(assumed.standard[size] / next(iter(assumed.standard.values())))
    nodes = 2**doublings * assumed["scaling_a_doubling"] ** doublings
    credits_a_second = assumed.standard[size] * assumed["credit_factor"] / _HOUR
    costs = {}
    for name, stage in assumed.stages.items():
        work = works[name]
        cores = assumed["cores_a_node"] * assumed[f"{stage.language}_core_share"] * nodes
        again = work.again_seconds / cores
        seconds = work.new_seconds / cores + again + len(stage.models) * assumed["seconds_a_model"] * builds
        seconds = max(seconds, _LEAST_SECONDS * builds / len(assumed.stages))
        costs[name] = StageCost(
            rows=work.rows,
            unit=stage.unit,
            rows_read_again=work.rows_read_again,
            bytes_written=work.bytes_written,
            seconds=seconds,
            size=size,
            credits=seconds * credits_a_second,
            credits_reading_again=again * credits_a_second,
        )
    return costs


def _label_credits(assumed: Assumptions, labels: float) -> float:
    """AI credits for so many labels."""
    prompt = assumed["prompt_tokens_a_label"] * assumed["ai_credits_a_million_prompt_tokens"]
    answer = assumed["answer_tokens_a_label"] * assumed["ai_credits_a_million_answer_tokens"]
    return labels * (prompt + answer) / 1e6


def _storage_tb(assumed: Assumptions) -> float:
    days = assumed["history_days"]
    events = assumed["sessions_a_day"] * assumed["events_a_session"] * days
    held = events * assumed.raw_bytes_an_event
    for stage in assumed.stages.values():
        rows = _rows_a_day(assumed, stage) * days
        held += rows * (stage.stored_bytes + stage.rebuilt_bytes * assumed["copies_of_changed_tables"])
    return held * assumed["storage_share"] / _TB
