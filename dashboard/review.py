"""Page *Review*: a person says what sessions are about; the answers go to the seeds, as from the command line."""

import getpass
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import polars as pl
import streamlit as st
from frame import chart, colours, figures, heading, is_in_snowflake, narrative, nothing, section, show
from row_charts import ranked_bars

from clickintent.dashboard import findings
from clickintent.dashboard.data import Query
from clickintent.labeling.quality import RANDOM, share
from clickintent.labeling.session_label import NO_INTENT
from clickintent.review import GoldLabel, SeedError, add_gold, add_override, read_gold

WHY_SHOWN: Final = {
    "random": "drawn at random",
    "low_margin": "the labeler was not sure",
    "disagreeing": "the student says something else",
}
SKIPPED: Final = "skipped"


def page(query: Query) -> None:
    """Draw the page."""
    if is_in_snowflake():
        heading("Review runs beside the seeds", "Answers are files of the dbt project, which are not in Snowflake.")
        nothing("Run `clickintent dashboard` or `clickintent taxonomy review` in the project.")
        return
    seeds = Path(os.environ.get("CLICKINTENT_SEEDS", "seeds"))
    try:
        gold = read_gold(seeds / "gold_labels.csv")
    except SeedError as error:
        heading("There are no seeds to write to", "Answers go to seeds/gold_labels.csv of the dbt project.")
        st.error(str(error), icon=":material/folder_off:")
        return
    queue = query("select * from review_queue order by place")
    leaves = dict(
        query(
            "select intent_id, name from intent_taxonomy where level = 2 and status = 'active' order by name"
        ).iter_rows()
    )
    open_ids = set(queue["session_id"]) - set(gold["session_id"])
    skipped = st.session_state.setdefault(SKIPPED, set())
    waiting = queue.filter(pl.col("session_id").is_in(list(open_ids - skipped)))
    _heading(gold, queue, len(open_ids))
    if queue.is_empty() or waiting.is_empty():
        nothing("Nothing is left to review here. `dbt build` draws more sessions, once the answers are committed.")
        if skipped and st.button("Show the skipped ones again"):
            st.session_state[SKIPPED] = set()
            st.rerun()
        return
    left, right = st.columns([3, 2], gap="large")
    with left:
        _session(waiting.sort("place").row(0, named=True), leaves, seeds)
    with right:
        _correction(leaves, seeds)


def _heading(gold: pl.DataFrame, queue: pl.DataFrame, waiting: int) -> None:
    random = dict(gold.filter(pl.col("shown_because") == RANDOM).select("session_id", "intent_id").iter_rows())
    labels = {row["session_id"]: _labels(row) for row in queue.iter_rows(named=True)}
    judged = [(random[key], labels[key][0][0] if labels[key] else NO_INTENT) for key in random if key in labels]
    agreed = share(sum(person == label for person, label in judged), len(judged))
    since = (
        f"people agree with {agreed.value:.0%} of those since" if agreed.value is not None else "none since the build"
    )
    heading(
        f"{gold.height} gold labels, {waiting} sessions wait"
        if gold.height
        else f"Nobody has checked the labels: {waiting} wait",
        "Read a session and say what it is about. Each answer is written to the seeds at once, and counts from the "
        "next `dbt build` on.",
    )
    figures(
        [
            ("Gold labels", f"{gold.height}", "Rows of seeds/gold_labels.csv."),
            ("Random ones", f"{len(random)}", "Those that agreement is told from."),
            (
                "People agree",
                findings.share(agreed.value),
                f"Of random sessions answered since the build: {since}"
                + (f", 95% interval {agreed.low:.0%} to {agreed.high:.0%}." if agreed.low is not None else "."),
            ),
        ]
    )


def _labels(row: dict[str, Any]) -> list[tuple[str, float]]:
    return [(leaf, confidence) for leaf, confidence in json.loads(row["labels"])]


def _session(row: dict[str, Any], leaves: dict[str, str], seeds: Path) -> None:
    labels = _labels(row)
    label = labels[0][0] if labels else None
    section(
        f"The labeler says: {leaves.get(label, label)}" if label else "The labeler abstained",
        f"Session {row['session_id']}, {WHY_SHOWN.get(row['shown_because'], row['shown_because'])}.",
    )
    narrative(row["narrative"])
    if labels:
        figure = ranked_bars(
            [leaves.get(leaf, leaf) for leaf, _ in labels],
            [confidence for _, confidence in labels],
            [findings.share(confidence) for _, confidence in labels],
            colours(),
        )
        chart(figure, "Bars of the labeler's leaves", "labels")
    if row["student"]:
        st.caption(f"The classifier says {leaves.get(row['student'], row['student'])}, {row['probability']:.0%} sure.")
    note = st.text_input("Note", key=f"note_{row['session_id']}", placeholder="why, if it is not plain")
    chosen = st.selectbox(
        "Another leaf", list(leaves), index=None, format_func=lambda leaf: leaves[leaf], key=f"leaf_{row['session_id']}"
    )
    with st.container(horizontal=True):
        accepts = st.button("Accept", type="primary", disabled=label is None, icon=":material/check:")
        chooses = st.button("Take the other leaf", disabled=chosen is None)
        refuses = st.button("None fits")
        skips = st.button("Skip")
    answer = label if accepts else chosen if chooses else NO_INTENT if refuses else None
    if answer is not None:
        _keep(seeds, row, answer, note)
    if skips:
        st.session_state[SKIPPED].add(row["session_id"])
        st.rerun()


def _keep(seeds: Path, row: dict[str, Any], answer: str, note: str) -> None:
    by = os.environ.get("CLICKINTENT_REVIEWER") or getpass.getuser()
    label = GoldLabel(row["session_id"], answer, row["shown_because"], by, datetime.now(UTC), note)
    try:
        add_gold(seeds / "gold_labels.csv", label)
    except (SeedError, OSError) as error:
        st.error(str(error))
        return
    st.toast(f"Written: {answer}")
    st.rerun()


def _correction(leaves: dict[str, str], seeds: Path) -> None:
    section(
        "Correct the taxonomy", "A name that misleads, or a leaf that nobody needs: written to taxonomy_overrides.csv."
    )
    with st.form("correction", clear_on_submit=True):
        action = st.radio("What", ["rename", "retire"], horizontal=True)
        leaf = st.selectbox("Leaf", list(leaves), index=None, format_func=lambda key: f"{leaves[key]} ({key})")
        name = st.text_input("Its new name", placeholder="for a rename")
        reason = st.text_input("Why")
        if not st.form_submit_button("Write"):
            return
    if leaf is None or not reason.strip() or (action == "rename" and not name.strip()):
        st.error("Choose a leaf, say why, and give a new name for a rename.")
        return
    try:
        new = name.strip() if action == "rename" else ""
        add_override(seeds / "taxonomy_overrides.csv", action, leaf, name=new, reason=reason)
    except (SeedError, OSError) as error:
        st.error(str(error))
        return
    st.success(f"Written: {action} {leaf}, from the next build on.")


show(page)
