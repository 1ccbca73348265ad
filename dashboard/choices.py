"""What a reader chooses in the side bar; every choice stands in the address of the page, to be sent on."""

from typing import Final

import streamlit as st

from clickintent.dashboard.filters import DIMENSIONS, Choices, Filters, last_days

EVERYTHING: Final = "All"
PERIODS: Final = {"12 weeks": 84, "4 weeks": 28, "All days": None}
GROUPS: Final = "Groups"
LEAVES: Final = "Leaves"


def choose(choices: Choices) -> Filters:
    """The filters of the page *Intents*."""
    with st.sidebar:
        first_day, last_day = last_days(choices, PERIODS[_period()])
        names = {name: group for group, name in choices.groups.items()}
        said = st.selectbox(
            "Intents",
            [GROUPS, LEAVES, *names],
            key="intents",
            bind="query-params",
            help="Groups are level 1 of the taxonomy, leaves level 2. A group shows its own leaves.",
        )
        values = []
        for dimension, title in DIMENSIONS.items():
            there = choices.values[dimension]
            if len(there) > 1:
                value = st.selectbox(title, [EVERYTHING, *there], key=dimension, bind="query-params")
                if value != EVERYTHING:
                    values.append((dimension, value))
    return Filters(first_day, last_day, tuple(values), names.get(said), 1 if said == GROUPS else 2)


def choose_days(choices: Choices) -> Filters:
    """Days alone, for the page *Journeys*."""
    with st.sidebar:
        first_day, last_day = last_days(choices, PERIODS[_period()])
    return Filters(first_day, last_day)


def told(filters: Filters) -> str:
    """The choices in words, for below a title."""
    days = f"{filters.first_day:%-d %b %Y} to {filters.last_day:%-d %b %Y}"
    values = [f"{DIMENSIONS[dimension].lower()}: {value}" for dimension, value in filters.values]
    return ", ".join([days, *values])


def _period() -> str:
    period: str = st.selectbox("Period", list(PERIODS), key="period", bind="query-params")
    return period
