"""Narratives: each session as a short text, the only thing a labeler may read.

The format has one home, this file. A narrative looks like

    web session, desktop, referrer search, 6 events, 4 min
    - mortgage rates todays mortgage rates | x2 | 45s
    - mortgage preapproval get preapproved | 3 min | form_start, form_submit

Only allow-listed fields enter: channel, device, referrer medium, counts, durations, page words and event
types. No ids, no query strings, no search terms; what is text passes the scrubber.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import polars as pl

from clickintent.labeling.page_words import NO_PAGE, RARE_PAGE, shorten, split_words, tidy, word_set, words_by_page
from clickintent.labeling.scrubber import scrub, scrub_all

NARRATIVE_REVISION: Final = 3
"""Raise it with every change to what narratives or `pages` say: stored narratives of another revision are rewritten."""

MAX_TYPE_LENGTH: Final = 40
"""Characters kept of an event type: they are names, and a longer one is somebody's free text."""

MAX_FIELD_LENGTH: Final = 30
"""Characters kept of a device type or referrer medium, which are one or two words."""

VIEW_TYPES: Final = word_set(
    "page_view pageview page screen_view screenview screen view page_ping ping heartbeat click tap scroll "
    "impression session_start app_open"
)
"""Event types that say no more than the page they happen on; they are left out of a step's types."""

_SHOWN_TYPE: Final = r"(?i)impression|(^|[_ ])(shown|exposure)$"
"""Event types of what was shown and not done: they say what a site offers, not what its visitor came for."""

_SEARCH_TYPE = re.compile(
    r"(?:^|[^a-z])(?:(?:site|web|internal)?search(?:es|ed|ing)?|quer(?:y|ies|ied)|looked (?:up|for)"
    r"|suche|gesucht|recherche|buscar|busqueda|ricerca)(?:[^a-z]|$)"
)
"""Event types of searches, which some trackers extend by the term ('searched for cd rates'); never 'research'."""

SEARCH_TYPE: Final = "search"
"""What stands for every event type of a search, without its term."""

PLAIN_DEVICES: Final = word_set("desktop mobile tablet phone smartphone app tv console wearable other unknown")
"""Devices that say nothing of their owner; a source may as well send the name a person gave to theirs."""

_HEADER_MARK: Final = ", "
_STEP_MARK: Final = "- "
_FIELD_MARK: Final = " | "
_TYPE_MARK: Final = ", "
_SECONDS_STEP: Final = 5
"""Rounding of dwell below a minute: readers need no more, and equal narratives are labelled once."""

_REPEATS = re.compile(r"^x(\d+)$")
_SECONDS = re.compile(r"^(\d+)s$")
_MINUTES = re.compile(r"^(\d+) min$")
_MINUTE_SECONDS: Final = 60.0
_PLAIN_HEADER_FIELD = re.compile(
    rf"{'|'.join(sorted(PLAIN_DEVICES))}|referrer (?:paid|email|social|search|referral|direct|internal)"
    r"|\d+ events?(?: \(last \d+ shown\))?|\d+s|\d+ min"
)


@dataclass(frozen=True, slots=True)
class NarrativeStep:
    """One page step read back from a narrative.

    Attributes:
        words: page words as written; '' for events without a page, and for pages whose words are withheld.
        repeats: events in a row on the page.
        dwell_seconds: rounded time on the page, None when unknown.
        event_types: notable event types in order of their first appearance.
    """

    words: str
    repeats: int
    dwell_seconds: float | None
    event_types: tuple[str, ...]


def write_narratives(sequences: pl.DataFrame, pages: pl.DataFrame) -> pl.DataFrame:
    """Write each session as a short readable text.

    Events without a page belong to the page before them. Consecutive events on pages of the same words make
    one step.

    Args:
        sequences: rows of `session_sequences`: session_id, channel, device_type, referrer_medium, page_keys,
            event_types, dwell_seconds, gap_seconds (lists of equal length), truncated_count, content_hash.
            Human sessions only.
        pages: rows of `pages`: page_key, text. A page that is missing here is described by the words of its
            key.

    Returns:
        One row per session, in the order given: session_id, narrative, narrative_hash (md5 of the narrative,
        32 hexadecimal digits), content_hash (copied).
    """
    sessions = _clean_sessions(sequences).with_row_index("session")
    steps = _join_lines(_collapse(_events(sessions), words_by_page(_distinct_pages(sequences), pages)))
    written = (
        sessions.select("session", "session_id", "content_hash", header=_header())
        .join(steps, on="session", how="left", maintain_order="left")
        .with_columns(narrative=pl.concat_str("header", "steps", separator="\n", ignore_nulls=True))
    )
    hashes = [hashlib.md5(text.encode(), usedforsecurity=False).hexdigest() for text in written.get_column("narrative")]
    return written.with_columns(narrative_hash=pl.Series(hashes, dtype=pl.String)).select(
        "session_id", "narrative", "narrative_hash", "content_hash"
    )


def read_steps(narrative: str) -> list[NarrativeStep]:
    """Read the page steps back from a narrative; the inverse of `write_narratives` up to rounding."""
    lines = narrative.split("\n")[1:]
    return [_read_step(line[len(_STEP_MARK) :]) for line in lines if line.startswith(_STEP_MARK)]


def read_channel(narrative: str) -> str:
    """Return the channel a narrative names in its first line, such as 'web' or 'app'."""
    return narrative.split(" ", 1)[0]


def spoken_type(event_type: str) -> str:
    """An event type as a narrative writes it: scrubbed, short, and without the term of a search."""
    return _clean_type(scrub(event_type))


def withhold(narrative: str, is_page_told: Callable[[str], bool], is_type_told: Callable[[str], bool]) -> str:
    """Take the pages and event types out of a narrative that must not be told.

    Args:
        narrative: a text of `write_narratives`.
        is_page_told: whether a step's words may stay; else they become `RARE_PAGE`.
        is_type_told: whether an event type may stay; else it goes without a trace.

    Returns:
        The narrative, with a device only where it is one of `PLAIN_DEVICES`, since that is free text as well. Counts
        and durations stay.
    """
    header, *lines = narrative.split("\n")
    return "\n".join([_plain_header(header), *(_withheld(line, is_page_told, is_type_told) for line in lines)])


def _plain_header(header: str) -> str:
    channel, *fields = header.split(_HEADER_MARK)
    return _HEADER_MARK.join([channel, *(field for field in fields if _PLAIN_HEADER_FIELD.fullmatch(field))])


def _withheld(line: str, is_page_told: Callable[[str], bool], is_type_told: Callable[[str], bool]) -> str:
    words, *fields = line.removeprefix(_STEP_MARK).split(_FIELD_MARK)
    told = words if words in (NO_PAGE, RARE_PAGE) or is_page_told(words) else RARE_PAGE
    kept = [
        field if _is_measure(field) else _TYPE_MARK.join(filter(is_type_told, field.split(_TYPE_MARK)))
        for field in fields
    ]
    return _STEP_MARK + _FIELD_MARK.join([told, *filter(None, kept)])


def _is_measure(field: str) -> bool:
    return any(measure.match(field) for measure in (_REPEATS, _SECONDS, _MINUTES))


def _events(sessions: pl.DataFrame) -> pl.DataFrame:
    """One row per event: session, page_key, event_type, dwell_seconds; sessions without events drop out."""
    lists = ["page_keys", "event_types", "dwell_seconds"]
    return (
        sessions.filter(pl.col("page_keys").list.len() > 0)
        .select("session", *lists)
        .explode(lists)
        .rename({"page_keys": "page_key", "event_types": "event_type"})
        .with_columns(
            # what was merely shown adds its time to the page it was shown on
            page_key=pl.when(pl.col("event_type").str.contains(_SHOWN_TYPE).fill_null(False))
            .then(pl.lit(""))
            .otherwise(pl.col("page_key").fill_null("")),
            event_type=pl.when(~pl.col("event_type").str.contains(_SHOWN_TYPE)).then("event_type"),
        )
    )


def _distinct_pages(sequences: pl.DataFrame) -> pl.Series:
    return sequences.get_column("page_keys").explode().drop_nulls().unique().sort()


def _collapse(events: pl.DataFrame, words: pl.DataFrame) -> pl.DataFrame:
    """One row per step: session, step, words, repeats, dwell_seconds and types (null without any)."""
    dwell = pl.when(pl.col("dwell_seconds").is_finite() & (pl.col("dwell_seconds") >= 0)).then("dwell_seconds")
    on_pages = (
        events.join(words.select("page_key", "words_code"), on="page_key", how="left", maintain_order="left")
        .with_columns(pl.col("words_code").forward_fill().over("session"), dwell_seconds=dwell)
        .with_columns(step=pl.struct("session", "words_code").rle_id())
    )
    steps = on_pages.group_by("step", maintain_order=True).agg(
        pl.col("session", "words_code").first(),
        repeats=pl.len(),
        dwell_seconds=pl.col("dwell_seconds").sum(),
        dwell_count=pl.col("dwell_seconds").count(),
    )
    return (
        steps.join(_step_types(on_pages), on="step", how="left", maintain_order="left")
        .join(words.select("words_code", "words").unique(), on="words_code", how="left", maintain_order="left")
        .with_columns(
            pl.col("words").fill_null(NO_PAGE),
            dwell_seconds=pl.when(pl.col("dwell_count") > 0).then("dwell_seconds"),
        )
    )


def _step_types(on_pages: pl.DataFrame) -> pl.DataFrame:
    """One row per step with notable event types: step, types (each once, in order, joined by ', ')."""
    raw = on_pages.get_column("event_type").drop_nulls().unique().sort()
    cleaned = [_clean_type(text) for text in scrub_all(raw.to_list())]
    names = pl.DataFrame({"event_type": raw, "type": pl.Series(cleaned, dtype=pl.String)})
    return (
        on_pages.select("step", "event_type")
        .join(names, on="event_type", how="inner", maintain_order="left")
        .filter((pl.col("type") != "") & ~pl.col("type").is_in(list(VIEW_TYPES)))
        .unique(["step", "type"], maintain_order=True)
        .group_by("step", maintain_order=True)
        .agg(types=pl.col("type").str.join(_TYPE_MARK))
    )


def _clean_type(scrubbed: str) -> str:
    text = re.sub(r"[\s|,]+", " ", scrubbed.lower()).strip()
    if _is_measure(text):
        return ""  # it would be read as a count or a duration
    is_search = _SEARCH_TYPE.search(text) or _SEARCH_TYPE.search(split_words(scrubbed))
    return SEARCH_TYPE if is_search else shorten(text, MAX_TYPE_LENGTH)


def _join_lines(steps: pl.DataFrame) -> pl.DataFrame:
    """One row per session: session, steps (the lines, joined)."""
    line = pl.concat_str(
        pl.lit(_STEP_MARK),
        pl.col("words"),
        pl.when(pl.col("repeats") > 1).then(pl.format(_FIELD_MARK + "x{}", "repeats")).otherwise(pl.lit("")),
        pl.concat_str(pl.lit(_FIELD_MARK), _spoken_duration("dwell_seconds")).fill_null(""),
        pl.concat_str(pl.lit(_FIELD_MARK), pl.col("types")).fill_null(""),
    )
    return (
        steps.select("session", line=line)
        .group_by("session", maintain_order=True)
        .agg(steps=pl.col("line").str.join("\n"))
    )


def _spoken_duration(column: str) -> pl.Expr:
    """Seconds as '45s' or '4 min', rounded; never below one unit; null stays null."""
    seconds = pl.col(column)
    in_seconds = (seconds / _SECONDS_STEP).round().clip(1) * _SECONDS_STEP
    in_minutes = (seconds / _MINUTE_SECONDS).round()
    return (
        pl.when(in_seconds < _MINUTE_SECONDS)
        .then(pl.format("{}s", in_seconds.cast(pl.Int64)))
        .when(in_minutes.is_not_null())
        .then(pl.format("{} min", in_minutes.cast(pl.Int64).clip(1)))
    )


def _clean_sessions(sequences: pl.DataFrame) -> pl.DataFrame:
    """Session fields fit for a first line: scrubbed and tidy texts, duration_seconds from the gaps."""
    cleaned = []
    for column in ("channel", "device_type", "referrer_medium"):
        raw = sequences.get_column(column).cast(pl.String)
        distinct = raw.drop_nulls().unique().to_list()
        names = {
            value: shorten(tidy(text).replace(",", " ").lower(), MAX_FIELD_LENGTH) or None
            for value, text in zip(distinct, scrub_all(distinct), strict=True)
        }
        cleaned.append(raw.replace_strict(names, default=None, return_dtype=pl.String))
    return sequences.with_columns(*cleaned).with_columns(
        pl.col("channel").fill_null("unknown"),
        duration_seconds=pl.col("gap_seconds").list.eval(pl.element().filter(pl.element() > 0)).list.sum(),
    )


def _header() -> pl.Expr:
    """The first line of each narrative."""
    shown = pl.col("page_keys").list.len().fill_null(0).cast(pl.Int64)
    dropped = pl.col("truncated_count").fill_null(0).cast(pl.Int64)
    unit = pl.when(shown + dropped == 1).then(pl.lit("event")).otherwise(pl.lit("events"))
    return pl.concat_str(
        pl.concat_str(pl.col("channel"), pl.lit(" session")),
        pl.col("device_type"),
        pl.concat_str(pl.lit("referrer "), pl.col("referrer_medium")),
        pl.concat_str(
            pl.format("{} {}", shown + dropped, unit),
            pl.when(dropped > 0).then(pl.format(" (last {} shown)", shown)).otherwise(pl.lit("")),
        ),
        pl.when(shown + dropped > 1).then(_spoken_duration("duration_seconds")),
        separator=", ",
        ignore_nulls=True,
    )


def _read_step(text: str) -> NarrativeStep:
    words, *fields = text.split(_FIELD_MARK)
    repeats = 1
    dwell_seconds: float | None = None
    event_types: tuple[str, ...] = ()
    for field in fields:
        if match := _REPEATS.match(field):
            repeats = int(match[1])
        elif match := _SECONDS.match(field):
            dwell_seconds = float(match[1])
        elif match := _MINUTES.match(field):
            dwell_seconds = float(match[1]) * _MINUTE_SECONDS
        else:
            event_types = tuple(field.split(_TYPE_MARK))
    return NarrativeStep("" if words in (NO_PAGE, RARE_PAGE) else words, repeats, dwell_seconds, event_types)
