"""What all pages share: where they read, how they look, and what they say where there is nothing to show."""

import os
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Final

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from clickintent.built_file import BuiltFileError
from clickintent.dashboard.data import Query, query_copy, query_snowpark
from clickintent.dashboard.intents import groups_by_size
from clickintent.dashboard.palette import Palette, palette
from clickintent.dashboard.places import published_file

ANSWERS_KEPT: Final = 2_000
SECONDS_KEPT: Final = 600
"""Answers of a warehouse are asked for again after so long; those of a copy hold for as long as the copy."""

FORMULA: Final = r"^([=+\-@\t\r])"
"""How text begins that a spreadsheet takes for a formula; what visitors wrote is among the rows."""

_STYLE: Final = """
<style>
.block-container { padding-top: 4.2rem; padding-bottom: 3rem; max-width: 1320px; }
h1 { font-size: 1.65rem !important; line-height: 1.25 !important; padding-bottom: 0.2rem !important; }
h2 { font-size: 1.15rem !important; line-height: 1.3 !important; padding: 0.2rem 0 0 0 !important; }
[class*="st-key-section_"] { position: relative; }
[class*="st-key-section_"] h2 { padding-right: 4.5rem !important; }
[class*="st-key-download_"] { position: absolute; top: 0; right: 0; width: auto !important; }
[data-testid="stMain"] { scrollbar-gutter: stable; }
.st-key-narrative [data-testid="stText"] { font-size: 0.9rem; line-height: 1.5; }
[data-testid="stMetric"] { padding: 0.55rem 0.8rem; }
[data-testid="stMetricValue"] { font-size: 1.55rem; }
@media (max-width: 640px) {
  .block-container { padding-left: 1rem; padding-right: 1rem; }
  h1 { font-size: 1.3rem !important; }
  [data-testid="stMetricValue"] { font-size: 1.25rem; }
}
</style>
"""


def style_page() -> None:
    """Sizes that Streamlit's theme has no setting for."""
    st.html(_STYLE)


@st.cache_resource(show_spinner=False)
def warm_up() -> None:
    """Load what the page Review needs, while the first page is read: it takes longer than a reader waits gladly."""
    Thread(target=import_module, args=("clickintent.review",), daemon=True).start()


def is_in_snowflake() -> bool:
    """Whether Streamlit in Snowflake runs the app, which then reads the models themselves."""
    if "CLICKINTENT_PUBLISHED" in os.environ:
        return False
    try:
        from snowflake.snowpark.context import get_active_session  # noqa: PLC0415 - there is no Snowpark elsewhere
        from snowflake.snowpark.exceptions import SnowparkSessionException  # noqa: PLC0415
    except ImportError:
        return False
    try:
        get_active_session()
    except SnowparkSessionException:
        return False
    return True


def copy_file() -> Path:
    """The published copy that is read."""
    built = Path(os.environ.get("CLICKINTENT_DUCKDB", "clickintent.duckdb"))
    return Path(os.environ.get("CLICKINTENT_PUBLISHED", str(published_file(built))))


def open_query() -> Query:
    """The one data function of all pages.

    Raises:
        BuiltFileError: there is no published copy.
    """
    if is_in_snowflake():
        from snowflake.snowpark.context import get_active_session  # noqa: PLC0415

        asked, identity = query_snowpark(get_active_session()), "snowflake"
    else:
        file = copy_file()
        # a copy that took this one's place is another file, and its answers are other answers
        told = file.stat() if file.exists() else None
        identity = f"{file} {told.st_ino} {told.st_mtime_ns}" if told else str(file)
        asked = _opened(str(file), identity)

    def query(sql: str, parameters: Sequence[object] = ()) -> pl.DataFrame:
        return _answered(identity, sql, tuple(parameters), asked)

    return query


@st.cache_resource(max_entries=2, show_spinner=False)
def _opened(file: str, identity: str) -> Query:
    return query_copy(Path(file))


@st.cache_data(max_entries=ANSWERS_KEPT, ttl=SECONDS_KEPT, show_spinner=False)
def _answered(identity: str, sql: str, parameters: tuple[object, ...], _query: Query) -> pl.DataFrame:
    return _query(sql, parameters)


def show(page: Callable[[Query], None]) -> None:
    """Draw a page, or say what to run where there is nothing to read."""
    try:
        page(open_query())
    except BuiltFileError as error:
        heading("There is nothing to show yet", "The dashboard reads what `dbt build` publishes.")
        st.error(str(error), icon=":material/database_off:")
        st.code("dbt build\nclickintent dashboard", language="sh")


def colours() -> Palette:
    """The palette of the reader's theme."""
    return palette(st.context.theme.type)


def group_colours(query: Query) -> dict[str, str]:
    """Name of a level-1 intent -> its colour, the same on every page; those without one are muted."""
    return dict(zip(groups_by_size(query), colours().series, strict=False))


def heading(finding: str, note: str) -> None:
    """The title of a page, and what it is told of."""
    st.title(finding, anchor=False)
    st.caption(note)


def section(finding: str, note: str, frame: pl.DataFrame | None = None, name: str = "") -> None:
    """The title of a chart, what it shows, and its rows to take along.

    Args:
        finding: what the chart says.
        note: how to read it.
        frame: what is drawn; None where there is nothing to take.
        name: of the file.
    """
    with st.container(key=f"section_{name}" if name else None, gap="small"):
        st.header(finding, anchor=False)
        st.caption(note)
        if frame is not None and not frame.is_empty():
            st.download_button(
                "CSV",
                as_csv(frame),
                f"{name}.csv",
                "text/csv",
                key=f"download_{name}",
                icon=":material/download:",
                type="tertiary",
                help="Download the rows that are drawn here, and those that no longer fit.",
                on_click="ignore",
            )


def as_csv(frame: pl.DataFrame) -> str:
    """Rows as CSV; text that a spreadsheet would take for a formula begins with an apostrophe."""
    return frame.with_columns(pl.selectors.string().str.replace(FORMULA, "'${1}")).write_csv()


def figures(told: Sequence[tuple[str, str, str | None]]) -> None:
    """A row of figures that wraps on a narrow screen.

    Args:
        told: label, value and, where it needs one, an explanation.
    """
    with st.container(horizontal=True, gap="small"):
        for label, value, explanation in told:
            st.metric(label, value, border=True, help=explanation, width=160)


def chart(figure: go.Figure, alt: str, key: str) -> None:
    """Draw a chart; what it shows is read out by `alt`."""
    st.plotly_chart(figure, theme=None, key=f"chart_{key}", config={"displayModeBar": False}, alt=alt)


def narrative(told: str) -> None:
    """A session in words, as they are written: no Markdown, and no highlighter of code, which is long to load."""
    with st.container(border=True, key="narrative"):
        st.text(told)


def nothing(said: str) -> None:
    """What stands where a chart would be."""
    st.info(said, icon=":material/info:")
