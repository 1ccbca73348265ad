"""The one table that an estimate is made of: assumptions with their sources, warehouse sizes and measured rates."""

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

KINDS: Final = ("published", "measured", "assumed")
# An estimate needs at least a tiny bit of these: it divides by them
_ABOVE_ZERO: Final = frozenset(
    {"cores_a_node", "sql_core_share", "python_core_share", "scaling_a_doubling", "day_hours", "first_build_hours"}
)


class AssumptionsError(ValueError):
    """An assumption that there is not, or a value that it cannot have; says which and what there is."""


@dataclass(frozen=True)
class Assumption:
    """One figure that the reader may change.

    Attributes:
        value: The figure.
        unit: What it counts.
        kind: 'published', 'measured' or 'assumed'; 'changed' where the reader set it.
        source: Where it comes from, or why it was taken.
    """

    value: float
    unit: str
    kind: str
    source: str


@dataclass(frozen=True)
class Stage:
    """What some models of the project take, measured in DuckDB by `python -m benchmarks.incremental_day`.

    Attributes:
        models: The dbt models.
        language: 'sql' or 'python', which have core shares of their own.
        unit: 'event' or 'session': what the rates are for.
        first_us: CPU microseconds of a first build for each.
        new_us: CPU microseconds of a later build for each that is new.
        lookback_us: CPU microseconds of a later build for each of the last days' loads, which it reads again.
        stored_us: CPU microseconds of a later build for each that is stored, whether it changed or not.
        stored_bytes: Compressed bytes that its tables hold for each.
        rebuilt_bytes: Of these, of tables that every build makes anew.
    """

    models: tuple[str, ...]
    language: str
    unit: str
    first_us: float
    new_us: float
    lookback_us: float
    stored_us: float
    stored_bytes: float
    rebuilt_bytes: float


@dataclass(frozen=True)
class Assumptions:
    """All that an estimate is made of."""

    values: Mapping[str, Assumption]
    standard: Mapping[str, float]
    snowpark_optimized: Mapping[str, float]
    warehouse_source: str
    stages: Mapping[str, Stage]
    training_cpu_seconds: float
    raw_bytes_an_event: float

    def __getitem__(self, name: str) -> float:
        """The value of an assumption."""
        return self.values[name].value

    def changed(self, settings: Mapping[str, float]) -> "Assumptions":
        """The same with other values.

        Args:
            settings: Name of an assumption, `warehouses.standard.XS`, or `stages.STAGE.RATE` -> value.

        Raises:
            AssumptionsError: A name that there is not, or a value that is below zero or has to be above it.
        """
        values, stages = dict(self.values), dict(self.stages)
        sizes = {"standard": dict(self.standard), "snowpark_optimized": dict(self.snowpark_optimized)}
        for name, value in settings.items():
            if name not in self.names():
                raise AssumptionsError(_unknown(name, self.names()))
            if value < 0 or (value == 0 and name in _ABOVE_ZERO):
                raise AssumptionsError(
                    f"{name} is {value}: it has to be {'above' if name in _ABOVE_ZERO else 'at least'} 0."
                )
            kind, _, rest = name.partition(".")
            owner, _, field = rest.partition(".")
            if kind == "warehouses":
                sizes[owner][field] = value
            elif kind == "stages":
                rate: dict[str, Any] = {field: value}
                stages[owner] = replace(stages[owner], **rate)
            else:
                values[name] = replace(values[name], value=value, kind="changed")
        return replace(
            self,
            values=MappingProxyType(values),
            stages=MappingProxyType(stages),
            standard=MappingProxyType(sizes["standard"]),
            snowpark_optimized=MappingProxyType(sizes["snowpark_optimized"]),
        )

    def names(self) -> list[str]:
        """All that can be set."""
        rates = ("first_us", "new_us", "lookback_us", "stored_us", "stored_bytes", "rebuilt_bytes")
        return [
            *self.values,
            *(f"warehouses.standard.{size}" for size in self.standard),
            *(f"warehouses.snowpark_optimized.{size}" for size in self.snowpark_optimized),
            *(f"stages.{stage}.{rate}" for stage in self.stages for rate in rates),
        ]


def read_assumptions(file: Path | None = None, settings: Sequence[str] = ()) -> Assumptions:
    """The package's assumptions with the reader's changes.

    Args:
        file: TOML of `name = value`, names as `Assumptions.changed` takes them; tables stand for dots.
        settings: `name=value` each; they go before the file.

    Raises:
        AssumptionsError: The file is no TOML of numbers, or a setting is none.
    """
    changes: dict[str, float] = {}
    if file is not None:
        try:
            changes |= _numbers(tomllib.loads(file.read_text()), str(file))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise AssumptionsError(
                f"{file} is not TOML: {error}. Write lines such as: sessions_a_day = 1_000_000"
            ) from error
    for setting in settings:
        name, is_given, value = setting.partition("=")
        try:
            changes[name.strip()] = float(value.replace("_", ""))
        except ValueError as error:
            raise AssumptionsError(f"--set '{setting}' is not name=number, such as sessions_a_day=1000000.") from error
        if not is_given:
            raise AssumptionsError(f"--set '{setting}' has no value: write {name}=number.")
    return _shipped().changed(changes)


@cache
def _shipped() -> Assumptions:
    folder = files("clickintent.snowflake.estimate")
    told = tomllib.loads((folder / "assumptions.toml").read_text())
    rates = tomllib.loads((folder / "rates.toml").read_text())
    return Assumptions(
        values=MappingProxyType({name: Assumption(**entry) for name, entry in told["assumptions"].items()}),
        standard=MappingProxyType(told["warehouses"]["standard"]),
        snowpark_optimized=MappingProxyType(told["warehouses"]["snowpark_optimized"]),
        warehouse_source=told["warehouses"]["source"],
        stages=MappingProxyType(
            {name: Stage(**{**entry, "models": tuple(entry["models"])}) for name, entry in rates["stages"].items()}
        ),
        training_cpu_seconds=rates["training_cpu_seconds"],
        raw_bytes_an_event=rates["raw_bytes_an_event"],
    )


def _numbers(told: Mapping[str, Any], file: str, prefix: str = "") -> dict[str, float]:
    found: dict[str, float] = {}
    for name, value in told.items():
        if isinstance(value, Mapping):
            found |= _numbers(value, file, f"{prefix}{name}.")
        elif isinstance(value, bool) or not isinstance(value, int | float):
            raise AssumptionsError(f"{file}: {prefix}{name} is {value!r}; it has to be a number.")
        else:
            found[prefix + name] = float(value)
    return found


def _unknown(name: str, names: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, names, n=3)
    hint = (
        f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(n for n in names if '.' not in n)}."
    )
    return f"There is no assumption '{name}'. {hint}"
