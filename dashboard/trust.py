"""Page *Trust*: whether the other pages may be believed."""

from typing import Any, Final

import polars as pl
import streamlit as st
from frame import chart, colours, figures, heading, is_in_snowflake, nothing, section, show
from plane_charts import calibration as calibration_chart
from plane_charts import lines
from row_charts import ranges, ranked_bars

from clickintent.dashboard import findings, trust
from clickintent.dashboard.data import Query
from clickintent.dashboard.settings import read_settings

# a title names no leaf of fewer labels, and the chart no more leaves
FEWEST_LABELS: Final = 30
LEAVES: Final = 14
JUDGES: Final = {"labeler": "by the labeler", "people": "by people"}


def page(query: Query) -> None:
    """Draw the page."""
    covered = trust.coverage(query)
    metrics = trust.classifier_metrics(query)
    ran = trust.last_run(query, is_recorded=not is_in_snowflake())
    people = trust.people_agreement(query)
    sessions = covered["sessions"].sum()
    share = (covered["coverage"] * covered["sessions"]).sum() / sessions if sessions else None
    is_told = ran.run is not None and ran.run["command"] is not None
    failed = ran.results.filter(pl.col("status").is_in(["fail", "error"])).height if is_told else None
    tests = ran.run["tests"] or 0 if ran.run else 0
    heading(findings.trusted(share, failed, tests), "Read this before you quote a figure of the other pages.")
    _totals(metrics, people, ran, share)
    _last_run(ran)
    left, right = st.columns(2, gap="large")
    with left:
        _coverage(covered, findings.small_cells(read_settings(query).min_cell_sessions))
        _agreement(trust.agreement_per_leaf(query, metrics))
    with right:
        _calibration(metrics)
        _drift(query)
        _quarantine(trust.quarantine(query))
        _spending(trust.spending(query))
    _tables(query)


def _totals(metrics: dict[str, Any], people: pl.DataFrame, ran: trust.LastRun, share: float | None) -> None:
    by_people = people.filter(pl.col("judged") == "labels")
    agreed = by_people.row(0, named=True) if by_people.height else None
    tests = ran.run["tests"] if ran.run else None
    figures(
        [
            ("Coverage", findings.share(share, 1), "Share of human sessions in which the classifier is sure enough."),
            (
                "Abstained",
                findings.share(None if share is None else 1 - share, 1),
                "The rest; they count at their best guess where sessions are counted.",
            ),
            (
                "People agree",
                findings.share(agreed["value"]) if agreed else "not asked",
                f"With the labels of {agreed['n']} random sessions, 95% interval {findings.share(agreed['low'])} to "
                f"{findings.share(agreed['high'])}."
                if agreed
                else "Nobody has checked the labels yet: the page Review collects gold labels.",
            ),
            (
                "Like labeler",
                findings.share(metrics.get("agreement")),
                "The classifier, on labelled sessions of visitors that it has not learnt from.",
            ),
            ("Tests run", "not recorded" if tests is None else f"{tests:,}", None),
        ]
    )


def _last_run(ran: trust.LastRun) -> None:
    if ran.run is None:
        section(
            "What the last run's tests said is not recorded here",
            "It is in `run_results.json` of the job that runs dbt.",
        )
        return
    if ran.run["command"] is None:
        section(
            "What the last run's tests said is not known", "`clickintent publish` sees none. The next `dbt build` does."
        )
        return
    told = f"`dbt {ran.run['command']}`, {ran.run['tests']:,} tests, {ran.run['finished_at']:%-d %b %Y %H:%M} UTC"
    if not ran.run["is_whole"]:
        st.error(
            "The last run left models unwritten: the figures are those of the run before it.", icon=":material/error:"
        )
    title = findings.last_run(ran.results.height, ran.run["tests"])
    if ran.results.is_empty():
        section(title, told)
        return
    section(title, f"{told}. What the database says of errors is in dbt's log.", ran.results, "build_results")
    st.dataframe(
        ran.results,
        hide_index=True,
        column_config={"failures": "rows", "node": st.column_config.TextColumn("test or model", width="large")},
    )


def _coverage(rows: pl.DataFrame, small: str) -> None:
    of_channels = {channel: colours().channel(channel) for channel in rows["channel"].unique().sort()}
    latest = rows.filter(pl.col("week") == rows["week"].max()).sort("coverage") if rows.height else rows
    said = ", ".join(
        f"{channel} {findings.share(part)}" for channel, part in latest.select("channel", "coverage").iter_rows()
    )
    section(
        f"Coverage in the latest week: {said or 'none'}",
        f"Share of human sessions with an intent, by week.{small}",
        rows,
        "coverage",
    )
    if of_channels:
        chart(
            lines(rows, "week", "coverage", "channel", colours(), of_channels, is_share=True),
            "Lines of coverage by channel",
            "coverage",
        )


def _calibration(metrics: dict[str, Any]) -> None:
    rows = trust.calibration(metrics)
    section(
        findings.calibrated(metrics),
        "Of sessions given a probability, how many were right; on the dotted line, just as many. Judged on visitors "
        "that the classifier has not learnt from.",
        rows,
        "calibration",
    )
    if rows.is_empty():
        nothing("This classifier was fitted before its plot was kept. The next one has it: run `clickintent train`.")
        return
    chart(calibration_chart(rows, colours(), JUDGES), "Probability said against share right", "calibration")


def _agreement(rows: pl.DataFrame) -> None:
    drawn = rows.head(LEAVES)
    section(
        findings.least_reliable(rows, FEWEST_LABELS),
        f"How often the classifier puts a leaf's sessions where the labeler does, the {drawn.height} worst of "
        f"{rows.height}, with 95% intervals. Leaves with few labels are hard for it.",
        rows,
        "agreement_per_leaf",
    )
    if drawn.is_empty():
        nothing("A classifier needs labels: run `dbt build`, or choose a labeler.")
        return
    chart(
        ranges(
            drawn["name"].to_list(),
            drawn["agreement"].to_list(),
            drawn["low"].to_list(),
            drawn["high"].to_list(),
            [f"{findings.share(part)} of {n:,}" for part, n in drawn.select("agreement", "n").iter_rows()],
            [colours().main] * drawn.height,
            colours(),
        ),
        "Dots with intervals of the agreement of each leaf",
        "agreement",
    )


def _drift(query: Query) -> None:
    if not read_settings(query).has_encoder_drift:
        section(
            "Drift is switched off",
            "This project does not build `encoder_drift`: enable the folder `evaluation` of clickintent to see it.",
        )
        return
    rows = trust.drift(query)
    shifted = rows.filter(pl.col("embedding_shift").is_not_null())
    if shifted.is_empty():
        section(
            "No session is newer than the encoder",
            "Drift is told from sessions that began after its training.",
            rows,
            "drift",
        )
        return
    most = shifted.sort("embedding_shift", descending=True).row(0, named=True)
    section(
        f"Sessions since training lie {most['embedding_shift']:.2f} spreads away ({most['channel']})",
        "Distance of their mean from that of before, in the spread of the latter; and the share of their page events "
        "on pages that are new. Of a whole spread, think of `clickintent train`.",
        rows,
        "drift",
    )
    st.dataframe(rows, hide_index=True)


def _quarantine(rows: pl.DataFrame) -> None:
    section(
        findings.quarantined(rows),
        "Events that could not be read, kept with their reason in `quarantined_events`.",
        rows,
        "quarantine",
    )
    if rows.height:
        figure = ranked_bars(
            [reason.replace("_", " ").capitalize() for reason in rows["reason"]],
            rows["events"].to_list(),
            [f"{count:,}" for count in rows["events"]],
            colours(),
        )
        chart(figure, "Bars of events in quarantine by reason", "quarantine")


def _spending(rows: pl.DataFrame) -> None:
    if rows.is_empty():
        section("No language model was asked", "Labels by one would be counted here, with their cost.")
        return
    cost = rows["cost_usd"].sum()
    section(
        f"Language models were asked {rows['calls'].sum():,} times for ${cost:,.2f}", "By purpose.", rows, "llm_calls"
    )
    st.dataframe(rows, hide_index=True)


def _tables(query: Query) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        fresh = trust.freshness(query)
        newest = fresh.filter(pl.col("what") == "event happened")["newest_at"]
        said = f"{newest[0]:%-d %b %Y %H:%M} UTC" if newest.len() and newest[0] else "none"
        section(f"The newest event: {said}", "The newest thing at each step, in UTC.", fresh, "freshness")
        st.dataframe(
            fresh,
            hide_index=True,
            column_config={
                "newest_at": st.column_config.DatetimeColumn("newest", format="D MMM YYYY, HH:mm"),
                "row_count": st.column_config.NumberColumn("rows", format="localized"),
            },
        )
    with right:
        held = trust.versions(query)
        section(f"{held.height} model versions", "In force: those of status current.", held, "versions")
        st.dataframe(
            held,
            hide_index=True,
            column_config={
                "model_name": "model",
                "trained_at": st.column_config.DatetimeColumn("trained", format="D MMM YYYY, HH:mm"),
                "trained_rows": st.column_config.NumberColumn("on rows", format="localized"),
                "approved_by": "approved by",
            },
        )


show(page)
