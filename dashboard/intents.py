"""Page *Intents*: what people come for, how it changes, and what comes of it."""

from typing import Final

import plotly.graph_objects as go
import polars as pl
import streamlit as st
from choices import choose, told
from frame import chart, colours, figures, group_colours, heading, nothing, section, show
from plane_charts import LINES, lines
from row_charts import grid, pairs, ranges, ranked_bars
from streamlit.delta_generator import DeltaGenerator

from clickintent.dashboard import findings
from clickintent.dashboard.data import Query
from clickintent.dashboard.filters import DIMENSIONS, OF_VISITORS, Choices, Filters, read_choices
from clickintent.dashboard.intents import (
    FEWEST_FOR_RATE,
    movers,
    shares,
    split,
    totals,
    trend,
    visitors,
)
from clickintent.dashboard.settings import read_settings

# most rows and columns that are drawn; the download has all
ROWS: Final = 14
COLUMNS: Final = 6


def page(query: Query) -> None:
    """Draw the page."""
    choices = read_choices(query)
    if choices is None:
        heading("No session has been built yet", "A build without sessions published this.")
        nothing("Map your events to the event contract, then run `dbt build`.")
        return
    filters = choose(choices)
    found = shares(query, filters)
    small = findings.small_cells(read_settings(query).min_cell_sessions)
    heading(findings.leading_intent(found), f"{told(filters)}; days in the reporting time zone, bots left out.{small}")
    if not found["sessions"].sum():
        nothing("Take a filter away in the side bar to see sessions again.")
        return
    _totals(found)
    left, right = st.columns(2, gap="large")
    with left:
        _shares(found)
        _movers(query, filters, choices)
        _split(query, filters, choices)
    with right:
        _over_time(query, filters)
        _conversion(found)
        _expected(found)


def _totals(found: pl.DataFrame) -> None:
    told = totals(found)
    sessions = told["sessions"]
    figures(
        [
            ("Sessions", f"{sessions:,.0f}", "Human sessions that the filters leave."),
            (
                "With intent",
                findings.share(1 - told["abstained_sessions"] / sessions if sessions else None, 1),
                "In the others the classifier is not sure enough: it abstains, and they count at their best guess.",
            ),
            (
                "Converted",
                findings.share(told["converted_sessions"] / sessions if sessions else None, 1),
                "Sessions with an event named in the var conversion_events.",
            ),
            (
                "Expected",
                f"{told['expected_sessions']:,.0f}",
                "Summed probability over each session's three best intents; below the sessions, since the rest of the "
                "taxonomy has a little probability too.",
            ),
        ]
    )


def _shares(found: pl.DataFrame) -> None:
    drawn = found.filter(pl.col("sessions") > 0).head(ROWS)
    section(
        findings.concentration(found, LINES),
        "Pale: sessions in which the classifier abstained, at their best guess.",
        found,
        "intent_shares",
    )
    figure = ranked_bars(
        drawn["name"].to_list(),
        drawn["share"].to_list(),
        [f"{findings.share(part, 1)} · {count:,}" for part, count in drawn.select("share", "sessions").iter_rows()],
        colours(),
        pale=(drawn["share"] * drawn["abstained_share"].fill_null(0)).to_list(),
        hover=[
            f"{name}: {count:,} sessions, {findings.share(part)} abstained"
            for name, count, part in drawn.select("name", "sessions", "abstained_share").iter_rows()
        ],
    )
    chart(figure, "Bars of the share of sessions of each intent, largest first", "shares")


@st.fragment
def _over_time(query: Query, filters: Filters) -> None:
    """What the choice of weeks or days draws again, and nothing else."""
    title = st.container()
    period = st.segmented_control(
        "Trend by", ["week", "day"], default="week", required=True, key="by", bind="query-params"
    )
    _trend(query, filters, str(period), title)
    _visitors(query, filters, str(period))


def _trend(query: Query, filters: Filters, period: str, title: DeltaGenerator) -> None:
    rows = trend(query, filters, period)
    largest = (
        rows.group_by("name")
        .agg(pl.col("sessions").sum())
        .sort("sessions", "name", descending=[True, False])
        .head(LINES)
    )
    drawn = rows.filter(pl.col("name").is_in(largest["name"].to_list()))
    with title:
        section(
            findings.changing_share(drawn),
            f"Share of sessions by {period}, of the {LINES} largest. Weeks start on Monday; only whole ones are drawn.",
            rows,
            f"intent_trend_by_{period}",
        )
    of_groups = group_colours(query) if filters.level == 1 else {}
    shown = {name: of_groups.get(name, colour) for name, colour in zip(largest["name"], colours().series, strict=False)}
    if shown:
        figure = lines(drawn, "period_start", "share", "name", colours(), shown, is_share=True, absent=_absent(query))
        chart(figure, "Lines of the largest intents", "trend")


def _absent(query: Query) -> int | None:
    """What a cell holds that is not there: nothing, or nobody knows, where small ones are left out."""
    return None if read_settings(query).min_cell_sessions else 0


def _visitors(query: Query, filters: Filters, period: str) -> None:
    rows = visitors(query, filters, period)
    if rows is None:
        others = ", ".join(title.lower() for dimension, title in DIMENSIONS.items() if dimension not in OF_VISITORS)
        section("Visitors are not counted under this filter", f"Take the filters on {others} away to see them.")
        return
    section(
        f"Visitors of each {period}, counted anew each time",
        "Whoever comes in two periods counts in both: visitors are never added up.",
        rows,
        f"visitors_by_{period}",
    )
    of_channels = {channel: colours().channel(channel) for channel in rows["channel"].unique().sort()}
    if of_channels:
        figure = lines(
            *(rows, "period_start", "visitors", "channel", colours(), of_channels),
            is_share=False,
            absent=_absent(query),
        )
        chart(figure, "Lines of visitors", "visitors")


def _movers(query: Query, filters: Filters, choices: Choices) -> None:
    rows = movers(query, filters, choices.first_day, choices.last_day)
    section(
        findings.moving_intents(rows),
        f"Change in share: the 7 days to {choices.last_day:%-d %b} against the 28 before, with 95% intervals that "
        "allow for days that differ. Of 20 intents about one lies outside zero by chance.",
        rows,
        "intent_movers",
    )
    if rows.is_empty():
        nothing("Five weeks of sessions are needed.")
        return
    moved = rows.sort(pl.col("change").abs(), descending=True).head(ROWS).sort("change", descending=True)
    chart(_change_figure(moved), "Dots with intervals of the change of each intent", "movers")


def _change_figure(rows: pl.DataFrame) -> go.Figure:
    shades = colours()
    marks = [
        shades.muted if not has_moved else shades.good if change > 0 else shades.bad
        for change, has_moved in rows.select("change", "has_moved").iter_rows()
    ]
    return ranges(
        rows["name"].to_list(),
        rows["change"].to_list(),
        rows["low"].to_list(),
        rows["high"].to_list(),
        [
            f"{findings.points(change)} (to {findings.share(part, 1)})"
            for change, part in rows.select("change", "share").iter_rows()
        ],
        marks,
        shades,
        has_zero=True,
    )


def _conversion(found: pl.DataFrame) -> None:
    rated = found.filter(pl.col("sessions") >= FEWEST_FOR_RATE).sort(
        "conversion_rate", "name", descending=[True, False]
    )
    section(
        findings.best_converting(found, FEWEST_FOR_RATE),
        f"Share of sessions that converted, with 95% intervals; intents of {FEWEST_FOR_RATE} sessions or more.",
        rated,
        "intent_conversion",
    )
    if rated.is_empty():
        nothing(f"No intent has {FEWEST_FOR_RATE} sessions under these filters.")
        return
    drawn = rated.head(ROWS)
    figure = ranges(
        drawn["name"].to_list(),
        drawn["conversion_rate"].to_list(),
        drawn["low"].to_list(),
        drawn["high"].to_list(),
        [
            f"{findings.share(rate, 1)} of {count:,}"
            for rate, count in drawn.select("conversion_rate", "sessions").iter_rows()
        ],
        [colours().main] * drawn.height,
        colours(),
    )
    chart(figure, "Dots with intervals of the conversion rate of each intent", "conversion")


@st.fragment
def _split(query: Query, filters: Filters, choices: Choices) -> None:
    names = {title: key for key, title in DIMENSIONS.items() if len(choices.values[key]) > 1}
    if not names:
        return
    above = st.container()
    title = st.segmented_control(
        "Split by", list(names), default=next(iter(names)), required=True, key="split", bind="query-params"
    )
    rows = split(query, filters, names[str(title)])
    values = rows.group_by("value").agg(pl.col("sessions").sum()).sort("sessions", "value", descending=[True, False])
    intents = rows.group_by("name").agg(pl.col("sessions").sum()).sort("sessions", "name", descending=[True, False])
    columns = values["value"].head(COLUMNS).to_list()
    with above:
        section(
            findings.differing_share(rows, columns, str(title)),
            f"Share of the sessions of each column; columns by their sessions, {COLUMNS} at most.",
            rows,
            f"intents_by_{names[str(title)]}",
        )
    if columns:
        chart(grid(rows, intents["name"].head(ROWS).to_list(), columns, colours()), "Grid of shares", "split")


def _expected(found: pl.DataFrame) -> None:
    gap = (pl.col("expected_sessions") - pl.col("sessions")).abs()
    drawn = found.sort(gap, "name", descending=[True, False]).head(ROWS)
    section(
        findings.counted_and_expected(found),
        "Counted at the best intent · expected by probability. Intents that are seldom the best gain by the latter.",
        found.select("intent", "name", "sessions", "expected_sessions"),
        "expected_sessions",
    )
    if drawn.height:
        figure = pairs(
            drawn["name"].to_list(),
            drawn["sessions"].to_list(),
            drawn["expected_sessions"].to_list(),
            ("counted", "expected"),
            colours(),
        )
        chart(figure, "Counted and expected sessions of each intent", "expected")


show(page)
