"""An estimate as JSON and as Markdown."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from clickintent.snowflake.estimate.assumptions import Assumptions
from clickintent.snowflake.estimate.costs import Estimate, StageCost
from clickintent.snowflake.estimate.sensitivity import variations

_DAY_HEAD = ("stage", "new rows", "rows read again", "written", "seconds", "size", "credits", "of which reading again")
_RATE_HEAD = ("stage", "models", "row", *(f"{told}, µs" for told in ("first", "new", "look-back", "stored")))
_RATE_HEAD += ("bytes", "made anew, bytes")
_FIRST_HEAD = ("stage", "rows", "written", "seconds", "size", "credits")


def as_json(assumed: Assumptions, estimate: Estimate) -> str:
    """Everything, unrounded, with the assumptions."""
    document: dict[str, Any] = {
        "assumptions": {name: asdict(entry) for name, entry in assumed.values.items()},
        "warehouses": {
            "standard": dict(assumed.standard),
            "snowpark_optimized": dict(assumed.snowpark_optimized),
            "source": assumed.warehouse_source,
        },
        "rates": {name: asdict(stage) for name, stage in assumed.stages.items()},
        "estimate": asdict(estimate)
        | {"credits_a_day": estimate.credits_a_day, "credits_first_build": estimate.credits_first_build},
    }
    return json.dumps(document, indent=2)


def sections(assumed: Assumptions, estimate: Estimate) -> list[tuple[str, Sequence[str], list[tuple[str, ...]]]]:
    """Tables of an estimate: title, head, rows of text."""
    return [
        ("A day in steady state", _DAY_HEAD, [*_day_rows(estimate.day), _day_total(estimate)]),
        ("The first build", _FIRST_HEAD, [*_first_rows(estimate.first_build), _first_total(estimate)]),
        ("Beside the warehouse", ("what", "amount"), _beside(assumed, estimate)),
        ("In dollars", ("what", *estimate.dollars), _dollar_rows(estimate.dollars)),
        (
            "If one thing were another",
            ("what", "size", "credits a day", "credits of the first build", "first year, USD"),
            [_variation_row(told, varied) for told, varied in variations(assumed)],
        ),
    ]


def assumption_rows(assumed: Assumptions) -> list[tuple[str, ...]]:
    """Name, value with unit, kind and source of every assumption."""
    rows: list[tuple[str, ...]] = [
        (name, f"{entry.value:,.10g} {entry.unit}", entry.kind, entry.source) for name, entry in assumed.values.items()
    ]
    for kind, rates in (("standard", assumed.standard), ("snowpark_optimized", assumed.snowpark_optimized)):
        told = ", ".join(f"{size} {value:g}" for size, value in rates.items())
        rows.append((f"warehouses.{kind}.SIZE", f"{told} credits an hour", "published", assumed.warehouse_source))
    return rows


def rate_rows(assumed: Assumptions) -> list[tuple[str, ...]]:
    """Stage, models and measured rates."""
    return [
        (
            name,
            ", ".join(f"`{model}`" for model in stage.models),
            stage.unit,
            f"{stage.first_us:g}",
            f"{stage.new_us:g}",
            f"{stage.lookback_us:g}",
            f"{stage.stored_us:g}",
            f"{stage.stored_bytes:g}",
            f"{stage.rebuilt_bytes:g}",
        )
        for name, stage in assumed.stages.items()
    ]


def as_markdown(assumed: Assumptions, estimate: Estimate) -> str:
    """All tables as docs/snowflake-cost.md holds them."""
    tables = [
        ("The assumptions", ("name", "value", "kind", "source"), assumption_rows(assumed)),
        (
            "The rates",
            _RATE_HEAD,
            rate_rows(assumed),
        ),
        *sections(assumed, estimate),
    ]
    return "\n\n".join(f"### {title}\n\n{_markdown_table(head, rows)}" for title, head, rows in tables) + "\n"


def _day_rows(costs: Mapping[str, StageCost]) -> Iterable[tuple[str, ...]]:
    for name, cost in costs.items():
        yield (
            name,
            _count(cost.rows, cost.unit),
            _count(cost.rows_read_again, cost.unit) if cost.rows_read_again else "-",
            _size(cost.bytes_written),
            f"{cost.seconds:,.0f}",
            cost.size,
            f"{cost.credits:,.2f}",
            f"{cost.credits_reading_again:,.2f}",
        )


def _day_total(estimate: Estimate) -> tuple[str, ...]:
    costs = estimate.day.values()
    again = sum(cost.credits_reading_again for cost in costs)
    return ("all", "", "", *_totals(estimate.day, is_in_time=estimate.is_day_in_time), f"{again:,.2f}")


def _first_rows(costs: Mapping[str, StageCost]) -> Iterable[tuple[str, ...]]:
    for name, cost in costs.items():
        written = _size(cost.bytes_written)
        yield (name, _count(cost.rows, cost.unit), written, f"{cost.seconds:,.0f}", cost.size, f"{cost.credits:,.2f}")


def _first_total(estimate: Estimate) -> tuple[str, ...]:
    return ("all", "", *_totals(estimate.first_build, is_in_time=estimate.is_first_build_in_time))


def _totals(costs: Mapping[str, StageCost], *, is_in_time: bool) -> tuple[str, ...]:
    seconds = sum(cost.seconds for cost in costs.values())
    return (
        _size(sum(cost.bytes_written for cost in costs.values())),
        f"{seconds:,.0f}" + ("" if is_in_time else " (too long)"),
        next(iter(costs.values())).size,
        f"{sum(cost.credits for cost in costs.values()):,.2f}",
    )


def _beside(assumed: Assumptions, estimate: Estimate) -> list[tuple[str, ...]]:
    return [
        ("one training, Snowpark-optimized M", f"{estimate.training_credits:,.2f} credits"),
        ("labels of the first build", f"{estimate.label_ai_credits_first_build:,.2f} AI credits"),
        ("labels of a day", f"{estimate.label_ai_credits_a_day:,.2f} AI credits"),
        ("clustering of a day", f"{estimate.clustering_credits_a_day:,.2f} credits"),
        (f"storage of {assumed['history_days']:,g} days, raw events included", f"{estimate.storage_tb:,.2f} TB"),
    ]


def _dollar_rows(dollars: Mapping[str, Mapping[str, float]]) -> list[tuple[str, ...]]:
    parts = list(next(iter(dollars.values())))
    rows = [(part, *(f"{told[part]:,.0f}" for told in dollars.values())) for part in parts]
    return [*rows, ("all", *(f"{sum(told.values()):,.0f}" for told in dollars.values()))]


def _variation_row(told: str, varied: Estimate) -> tuple[str, ...]:
    year = sum(varied.dollars["first year"].values())
    size = next(iter(varied.day.values())).size + ("" if varied.is_day_in_time else " (too long)")
    return (told, size, f"{varied.credits_a_day:,.1f}", f"{varied.credits_first_build:,.1f}", f"{year:,.0f}")


def _markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _count(rows: float, unit: str) -> str:
    for size, word in ((1e9, "billion "), (1e6, "million ")):
        if rows >= size:
            return f"{rows / size:,.4g} {word}{unit}s"
    return f"{rows:,.0f} {unit}s"


def _size(byte_count: float) -> str:
    for size, word in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB")):
        if byte_count >= size:
            return f"{byte_count / size:,.3g} {word}"
    return f"{byte_count:,.0f} B"
