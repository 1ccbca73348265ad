"""The text of LLM calls: what of it is a person's, and how it goes while the call stays in the account."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

import duckdb

from clickintent.privacy.audience import Audience

TABLE: Final = "llm_calls"


@dataclass(frozen=True, slots=True)
class Narratives:
    """Narratives by their hash, as written and as they are sent.

    Attributes:
        theirs: of the sessions of the people asked for.
        of_others: of all other sessions.
        texts: theirs alone, as sent, to be found in calls that list no narratives.
    """

    theirs: frozenset[str]
    of_others: frozenset[str]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CallText:
    """A call of which text has to go.

    Attributes:
        row: where it stands in the table.
        items: its items as JSON, without the answers that are nobody else's.
    """

    row: int
    items: str | None


def find_call_texts(connection: duckdb.DuckDBPyConnection) -> list[CallText]:
    """Calls that hold a narrative of the people asked for, or one of which nobody can say whose it is.

    A session that went on after it was labelled has another narrative now: the call with the former one leads to
    nobody. So text goes unless every narrative in it is known to be of somebody else.

    Args:
        connection: to a build, after `people.find`.

    Returns:
        The calls whose text is still there; none where there is no table of calls.
    """
    if not _has_calls(connection):
        return []
    narratives = _narratives(connection)
    rows = connection.execute(
        f"select rowid, request, response, items from {TABLE} where request is not null or response is not null "
        "or items is not null order by rowid"
    ).fetchall()
    found = []
    for row, request, response, items in rows:
        listed = _listed(items)
        is_theirs = _is_theirs(listed, request, narratives)
        kept = _without_answers(listed, narratives.of_others, is_theirs=is_theirs)
        has_text = request is not None or response is not None
        if (has_text and is_theirs) or kept != listed:
            found.append(CallText(row, None if items is None else json.dumps(kept, ensure_ascii=False)))
    return found


def blank(connection: duckdb.DuckDBPyConnection, calls: Collection[CallText]) -> int:
    """Take the text out of these calls, of which there are so many; their hashes, counts and costs stay."""
    for call in calls:
        connection.execute(
            f"update {TABLE} set request = null, response = null, error = null, items = $items where rowid = $row",
            {"items": call.items, "row": call.row},
        )
    return len(calls)


def _has_calls(connection: duckdb.DuckDBPyConnection) -> bool:
    found = connection.execute(f"select 1 from duckdb_tables() where table_name = '{TABLE}'").fetchone()
    return found is not None


def _narratives(connection: duckdb.DuckDBPyConnection) -> Narratives:
    audience = Audience.read(
        connection.execute("select page_key, text, is_known from page_audience").pl(),
        connection.execute("select event_type, is_known from event_type_audience").pl(),
    )
    hashes: dict[bool, set[str]] = {True: set(), False: set()}
    sent: dict[bool, set[str]] = {True: set(), False: set()}
    for session_table, column in (("session_narratives", "narrative"), ("session_labels", "narrative_hash")):
        rows = connection.execute(
            f"""
            select distinct {column}, session_id in (select session_id from asked_sessions) from {session_table}
            where {column} is not null
            """
        ).fetchall()
        for value, is_theirs in rows:
            if column == "narrative":
                sent[is_theirs].add(audience.redact(value))
                hashes[is_theirs].add(_md5(value))
            else:
                hashes[is_theirs].add(value)
    for is_theirs, texts in sent.items():
        hashes[is_theirs].update(map(_md5, texts))
    return Narratives(frozenset(hashes[True]), frozenset(hashes[False]), tuple(sorted(sent[True] - sent[False])))


def _is_theirs(items: list[dict[str, Any]], request: str | None, narratives: Narratives) -> bool:
    listed = [str(item["narrative_hash"]) for item in items if item.get("narrative_hash")]
    if listed:
        return any(each in narratives.theirs or each not in narratives.of_others for each in listed)
    # as the text stands in JSON, and as it is
    return any(text in (request or "") or json.dumps(text)[1:-1] in (request or "") for text in narratives.texts)


def _without_answers(
    items: list[dict[str, Any]], of_others: Collection[str], *, is_theirs: bool
) -> list[dict[str, Any]]:
    """Items less what was answered of a narrative that is nobody else's, and of a call of theirs as a whole."""

    def is_kept(item: dict[str, Any]) -> bool:
        narrative = item.get("narrative_hash")
        return narrative in of_others if narrative else not is_theirs

    # an error may quote the answer
    return [item if is_kept(item) else {**item, "answer": None, "error": None} for item in items]


def _listed(items: str | None) -> list[dict[str, Any]]:
    read = json.loads(items) if items else []
    return [item for item in read if isinstance(item, dict)]


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
