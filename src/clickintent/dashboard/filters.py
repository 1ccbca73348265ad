"""What a reader of the dashboard has chosen, as a condition of SQL."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from clickintent.dashboard.data import Query

DIMENSIONS: Final = {
    "channel": "Channel",
    "auth_state": "Sign-in",
    "device_type": "Device",
    "campaign": "Campaign",
    "site_id": "Site",
}
"""Column of `intent_trends_daily` -> its name on the page."""

OF_VISITORS: Final = frozenset({"channel", "site_id"})
"""Dimensions by which visitors are counted: a visitor id belongs to one of each."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to choose from.

    Attributes:
        first_day: of the data, in the reporting time zone.
        last_day: of the data.
        values: dimension -> its values, the most frequent first.
        groups: level-1 intent -> its name.
    """

    first_day: date
    last_day: date
    values: dict[str, list[str]]
    groups: dict[str, str]


@dataclass(frozen=True, slots=True)
class Filters:
    """What is chosen.

    Attributes:
        first_day: first day shown.
        last_day: last day shown.
        values: dimension -> the value that is kept; dimensions that are missing are not filtered by.
        group: the level-1 intent whose leaves are shown; None for all.
        level: 1 for groups of intents, 2 for leaves.
    """

    first_day: date
    last_day: date
    values: tuple[tuple[str, str], ...] = ()
    group: str | None = None
    level: int = 1

    def condition(self) -> tuple[str, list[object]]:
        """SQL over `cells`, and its parameters: of all groups, since a share is of all sessions."""
        parts, parameters = ["cells.day >= ?", "cells.day <= ?"], [self.first_day, self.last_day]
        told: list[object] = [*parameters]
        for dimension, value in self.values:
            if dimension not in DIMENSIONS:
                raise ValueError(f"There is no filter {dimension}: choose of {', '.join(DIMENSIONS)}.")
            parts.append(f"cells.{dimension} = ?")
            told.append(value)
        return " and ".join(parts), told

    def over(self, first_day: date, last_day: date) -> "Filters":
        """The same of other days."""
        return Filters(first_day, last_day, self.values, self.group, self.level)


def read_choices(query: Query) -> Choices | None:
    """What there is to choose from; None where there is no session."""
    days = query("select min(day) as first_day, max(day) as last_day from intent_trends_daily").row(0)
    if days[0] is None:
        return None
    values = {
        dimension: query(
            f"select {dimension} as value, sum(sessions) as sessions from intent_trends_daily "
            f"group by {dimension} order by sessions desc, value"
        )["value"].to_list()
        for dimension in DIMENSIONS
    }
    groups = query("select distinct intent_l1, intent_group_name from dim_intents order by intent_group_name")
    return Choices(days[0], days[1], values, dict(groups.iter_rows()))


def last_days(choices: Choices, days: int | None) -> tuple[date, date]:
    """The last so many days of the data, all of them for None."""
    if days is None:
        return choices.first_day, choices.last_day
    return max(choices.first_day, choices.last_day - timedelta(days=days - 1)), choices.last_day
