"""Page *Journeys*: from intent to intent, how long it takes, where it ends."""

from datetime import date, timedelta
from typing import Final

import polars as pl
import streamlit as st
from choices import EVERYTHING, choose_days, told
from frame import chart, colours, figures, group_colours, heading, nothing, section, show
from plane_charts import columns, sankey
from row_charts import stacked

from clickintent.dashboard import findings
from clickintent.dashboard.data import Query
from clickintent.dashboard.filters import Filters, read_choices
from clickintent.dashboard.journeys import CAPS, CHANNELS, flows, outcomes, time_to_conversion
from clickintent.dashboard.settings import read_settings

# of more flows, the bands cannot be followed
FLOWS: Final = 24


def page(query: Query) -> None:
    """Draw the page."""
    choices = read_choices(query)
    if choices is None:
        heading("No session has been built yet", "A build without sessions published this.")
        nothing("Map your events to the event contract, then run `dbt build`.")
        return
    filters = choose_days(choices)
    with st.sidebar:
        pairs = {title: key for key, title in CHANNELS.items()}
        pair = st.selectbox("Paths", list(pairs), key="paths", bind="query-params")
        channel = st.selectbox("Journeys in", [EVERYTHING, "web", "app"], key="channel", bind="query-params")
    one_channel = None if channel == EVERYTHING else channel
    # weeks are counted by their Mondays: the one that the first day lies in belongs to it
    first = filters.first_day - timedelta(days=filters.first_day.weekday())
    ended = outcomes(query, first, filters.last_day, one_channel)
    small = findings.small_cells(read_settings(query).min_cell_sessions)
    heading(
        findings.journeys_end(ended),
        f"{told(filters)}, whole weeks. A journey is one visitor's, of one level-1 intent.{small}",
    )
    _totals(ended)
    _flows(query, first, filters, pairs[pair], pair)
    left, right = st.columns(2, gap="large")
    with left:
        _ends(ended)
    with right:
        _time(query, first, filters.last_day, one_channel)


def _totals(ended: pl.DataFrame) -> None:
    journeys = ended["journeys"].sum()
    converted = ended["converted_journeys"].sum()
    figures(
        [
            ("Journeys", f"{journeys:,}", "Sessions of one visitor for one level-1 intent, close in time."),
            ("Converted", findings.share(converted / journeys if journeys else None, 1), None),
            ("Intents pursued", f"{ended['intent'].n_unique()}", None),
        ]
    )


def _flows(query: Query, first: date, filters: Filters, pair: str, title: str) -> None:
    rows = flows(query, first, filters.last_day, pair)
    section(
        findings.next_intents(rows),
        f"{title}: from each session to the same person's next, left to right. Only customers who are known in both "
        f"are followed from one channel to the other. The {FLOWS} widest of {rows.height} flows.",
        rows,
        f"flows_{pair}",
    )
    if rows.is_empty():
        nothing("Nobody was followed: abstained sessions are left out, and web and app meet only in known customers.")
        return
    drawn = rows.head(FLOWS)
    figure = sankey(drawn, colours(), group_colours(query))
    chart(figure, "Flows from each intent to the next session's intent", "flows")


def _ends(ended: pl.DataFrame) -> None:
    intents = ended.select("name", "converted_share").unique(maintain_order=True)
    best = intents.row(0, named=True) if intents.height else None
    section(
        f"{best['name']} is carried through most often: {findings.share(best['converted_share'], 1)}"
        if best
        else "No journey",
        "Where the journeys of each intent end; those that convert most first.",
        ended,
        "journey_ends",
    )
    if best is None:
        nothing("There are no journeys in these weeks.")
        return
    stages = ended.select("stage_reached", "stage_rank").unique().sort("stage_rank")["stage_reached"].to_list()
    told = {(name, stage): part for name, stage, part in ended.select("name", "stage_reached", "share").iter_rows()}
    names = intents["name"].to_list()
    parts = {findings.stage_name(stage): [told.get((name, stage), 0.0) for name in names] for stage in stages}
    figure = stacked(
        names,
        parts,
        [f"{findings.share(part, 1)} convert" for part in intents["converted_share"]],
        _shades(stages),
        colours(),
    )
    chart(figure, "Parts of the journeys of each intent by the furthest stage", "ends")


def _shades(stages: list[str]) -> list[str]:
    """Stages before a conversion stand back, the later the less."""
    palette = colours()
    early = [palette.faint, palette.muted, palette.series[4], palette.series[3], palette.series[6]]
    return [palette.main if stage == "converted" else early[place % len(early)] for place, stage in enumerate(stages)]


def _time(query: Query, first: date, last: date, channel: str | None) -> None:
    for unit, note in (
        ("days", "Whole days from the first session of the journey to the first conversion."),
        ("sessions", "Which session of the journey converted first."),
    ):
        rows = time_to_conversion(query, first, last, channel, unit)
        section(findings.time_taken(rows, unit), note, rows, f"{unit}_to_conversion")
        if rows.is_empty():
            nothing("Name the events that count in the var `conversion_events`.")
        else:
            chart(
                columns(rows["value"].to_list(), rows["share"].to_list(), unit, CAPS[unit], colours()),
                f"Bars of the {unit} to conversion",
                f"time_{unit}",
            )


show(page)
