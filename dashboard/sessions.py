"""Page *Sessions*: a map of a sample of the embeddings, and any session of it."""

from functools import partial
from typing import Final

import polars as pl
import streamlit as st
from frame import chart, colours, group_colours, heading, narrative, nothing, section, show
from plane_charts import session_map
from row_charts import ranked_bars

from clickintent.dashboard import findings
from clickintent.dashboard.data import Query
from clickintent.dashboard.sessions import SessionStory, read_map, read_story

COLOURINGS: Final = {"Intent": "group_name", "Channel": "channel", "Conversion": "outcome"}
OTHERS: Final = "Other intents"
# the session that is told of: its id, in the address of the page too
CHOSEN: Final = "session"
# whether a click on the map is what the page is drawn for
CLICKED: Final = "is_clicked"
# how many maps were drawn, and the session that the last one marks
MARKED: Final = "marked"


def page(query: Query) -> None:
    """Draw the page."""
    rows = read_map(query)
    heading(
        "Alike sessions lie together" if rows.height else "There is no map yet",
        f"A sample of {rows.height:,} sessions, up to 1,000 of each channel, by their embeddings. Near is alike; the "
        "two directions and far distances mean nothing.",
    )
    if rows.is_empty():
        nothing("A map needs embedded sessions: run `dbt build`.")
        return
    _map_and_story(query, rows)


@st.fragment
def _map_and_story(query: Query, rows: pl.DataFrame) -> None:
    """What a click on the map draws again, and nothing else."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        colouring = st.segmented_control(
            "Colour by", list(COLOURINGS), default="Intent", required=True, key="colour", bind="query-params"
        )
        st.text_input("Find a session", key=CHOSEN, bind="query-params", placeholder="session id", width=330)
    chosen = (st.session_state[CHOSEN] or "").strip()
    left, right = st.columns([3, 2], gap="large")
    with left:
        _map(query, rows, str(colouring), chosen)
    with right:
        _story(query, chosen)


def _map(query: Query, rows: pl.DataFrame, colouring: str, chosen: str) -> None:
    shades = colours()
    outcome = pl.when("is_converted").then(pl.lit("converted")).otherwise(pl.lit("not converted"))
    rows = rows.with_columns(outcome=outcome)
    by = COLOURINGS[colouring]
    if by == "group_name":
        kinds = group_colours(query)
        rows = rows.with_columns(pl.when(pl.col(by).is_in(list(kinds))).then(by).otherwise(pl.lit(OTHERS)).alias(by))
    elif by == "channel":
        kinds = {channel: shades.channel(channel) for channel in ("web", "app")}
    else:
        kinds = {"converted": shades.bad}
    # Plotly marks a dot that is clicked by itself: the same map is sent, and not drawn again. Any other choice is a map
    # with another mark, and another key, since the browser keeps what was clicked on a map that it has seen
    if not st.session_state.pop(CLICKED, False):
        drawn, _ = st.session_state.get(MARKED, (0, ""))
        st.session_state[MARKED] = (drawn + 1, chosen)
    drawn, marked = st.session_state[MARKED]
    key = f"map_{drawn}"
    st.plotly_chart(
        session_map(rows, by, kinds, marked, shades),
        theme=None,
        key=key,
        on_select=partial(_take_click, key),
        selection_mode="points",
        config={"displayModeBar": False, "scrollZoom": True},
        alt="Map of sessions; the text field above finds one without it",
    )


def _take_click(key: str) -> None:
    points = st.session_state[key]["selection"]["points"]
    if points:
        told = points[0]["customdata"]
        st.session_state[CHOSEN] = told[0] if isinstance(told, list) else told
    else:  # the chosen dot was clicked again
        st.session_state[CHOSEN] = ""
    st.session_state[CLICKED] = True


def _choose(session_id: str) -> None:
    st.session_state[CHOSEN] = session_id


def _story(query: Query, session_id: str) -> None:
    if not session_id:
        section("Click a session", "Its narrative, events, intents and the sessions most like it stand here then.")
        return
    story = read_story(query, session_id)
    if story is None:
        section("This session is not on the map", f"Nothing of {session_id} is published: the map is a sample.")
        nothing("In the warehouse, it is found by: select * from session_intents where session_id = '…'")
        return
    facts = story.facts
    section(
        f"{facts['name'] or 'No intent yet'}, {findings.share(facts['probability'])} sure",
        f"{facts['channel']}, {facts['device_type']}, {facts['auth_state']}, "
        f"{facts['event_count']} events, {'converted' if facts['is_converted'] else 'not converted'}"
        f"{', abstained' if facts['is_abstained'] else ''}; started {facts['started_at']:%-d %b %Y %H:%M} UTC.",
    )
    narrative(str(facts["narrative"]))
    _scores(story)
    section("Most like it", "Of the sample, by the cosine of their embeddings. Choose one to go there.")
    for rank, neighbour, cosine, channel, name, is_converted in story.neighbours.iter_rows():
        st.button(
            f"{name} · {channel}{' · converted' if is_converted else ''} · {cosine:.2f}",
            key=f"neighbour_{rank}",
            on_click=_choose,
            args=(neighbour,),
            width="stretch",
        )
    section(
        f"Its {story.events.height} events",
        "Words of pages; (rare) for what few people have seen; dwell in seconds.",
        story.events,
        "events",
    )
    st.dataframe(
        story.events,
        hide_index=True,
        column_config={
            "event_index": st.column_config.NumberColumn("no.", width="small"),
            "event_type": "event",
            "page_words": "page",
            "seconds_since_previous": st.column_config.NumberColumn("after, s", format="%.0f"),
            "dwell_seconds": st.column_config.NumberColumn("dwell, s", format="%.0f"),
        },
    )


def _scores(story: SessionStory) -> None:
    rows = story.scores
    if rows.height:
        figure = ranked_bars(
            rows["name"].to_list(),
            rows["probability"].to_list(),
            [findings.share(part, 1) for part in rows["probability"]],
            colours(),
        )
        chart(figure, "Bars of its three most probable intents", "scores")


show(page)
