"""Where a person is: every table, every column, decoded."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

import duckdb

from clickintent.built_file import opened
from clickintent.privacy.llm_text import find_call_texts
from clickintent.privacy.people import LONG_ID, Asked, Person, find
from clickintent.privacy.personal_tables import PERSONAL_TABLES, TOMBSTONES

_TEXT_TYPES: Final = ("VARCHAR", "JSON", "UUID")
_NUMBER_TYPES: Final = ("BIGINT", "INTEGER", "UBIGINT", "HUGEINT")


@dataclass(frozen=True, slots=True)
class Finding:
    """A table that holds a person.

    Attributes:
        table: its name; with its schema where that is not 'main'.
        holds: what it holds of them, or the column in which somebody else's row names them.
        rows: number of rows.
        is_theirs: whether these rows are the person's, so that erasing takes them; else somebody else's.
    """

    table: str
    holds: str
    rows: int
    is_theirs: bool


@dataclass(frozen=True, slots=True)
class Traces:
    """What a search looks for.

    Attributes:
        ids: ids of the person; the longer ones are looked for inside any text.
        keys: ids made from them or of their events, looked for as words of a text.
        numbers: hashes that are numbers.
    """

    ids: tuple[str, ...]
    keys: frozenset[str]
    numbers: frozenset[int]


def where(file: Path, asked: Asked) -> list[Finding]:
    """Search a build for a person.

    Raises:
        BuiltFileError: the file cannot be read, or the build in it is not complete.
    """
    with opened(file) as connection:
        person = find(connection, asked)
        return search(connection, traces_of(connection, person))


def traces_of(connection: duckdb.DuckDBPyConnection, person: Person) -> Traces:
    """What to look for, taken from the temporary tables that `people.find` filled."""
    numbers = connection.execute("select visitor_hash from asked_numbers").fetchall()
    keys = connection.execute(
        """
        select event_id from asked_events union select session_id from asked_sessions
        union select journey_id from asked_journeys union select visitor_hash from asked_visitors
        """
    ).fetchall()
    return Traces(person.ids, frozenset(key for (key,) in keys), frozenset(number for (number,) in numbers))


def search(connection: duckdb.DuckDBPyConnection, traces: Traces) -> list[Finding]:
    """Findings in every table but the one of tombstones: rows by the list of tables, then words in any other row.

    Args:
        connection: to a build, after `people.find`.
        traces: what to look for in text.
    """
    _fill_wanted(connection, traces)
    findings = []
    ours = _our_schemas(connection)
    for schema, table in _base_tables(connection):
        name = table if schema == "main" else f"{schema}.{table}"
        personal = PERSONAL_TABLES.get(table) if schema in ours else None
        condition = personal.condition if personal else "false"
        if personal and not personal.is_text_only:
            findings += _found(connection, schema, table, condition, name, personal.holds, is_theirs=True)
        for column, kind in _columns(connection, schema, table):
            if match := _match(f'"{schema}"."{table}"', column, kind, traces.ids):
                others = f"not {condition} and {match}"
                findings += _found(connection, schema, table, others, name, f"named in {column}", is_theirs=False)
    if calls := find_call_texts(connection):
        findings.append(Finding("llm_calls", PERSONAL_TABLES["llm_calls"].holds, len(calls), is_theirs=True))
    return findings


def _found(
    connection: duckdb.DuckDBPyConnection,
    schema: str,
    table: str,
    condition: str,
    name: str,
    holds: str,
    *,
    is_theirs: bool,
) -> list[Finding]:
    row = connection.execute(f'select count(*) from "{schema}"."{table}" where {condition}').fetchone()
    return [Finding(name, holds, row[0], is_theirs)] if row and row[0] else []


def _base_tables(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    rows = connection.execute(
        "select schema_name, table_name from duckdb_tables() "
        "where not internal and not temporary and database_name = current_database() order by 1, 2"
    ).fetchall()
    return [(schema, table) for schema, table in rows if table != TOMBSTONES]


def _our_schemas(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Those that hold the project's models; a table elsewhere may have the name of one and be another."""
    (schemas,) = connection.execute("select current_schemas(true)").fetchone() or ([],)
    return list(schemas)


def _columns(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> list[tuple[str, str]]:
    return [row[:2] for row in connection.execute(f'describe "{schema}"."{table}"').fetchall()]


def _match(table: str, column: str, kind: str, ids: tuple[str, ...]) -> str | None:
    """SQL that is true where a column holds what is looked for; None where its type cannot."""
    value = f'"{column}"'
    if kind in _NUMBER_TYPES:
        # a number is an id only where the column says so
        numbers = [f"'{known}'" for known in ids if known.isascii() and known.isdigit()]
        is_id = column.lower().endswith("id") and numbers
        as_id = f"cast({value} as varchar) in ({', '.join(numbers)})" if is_id else "false"
        return f"coalesce({as_id} or {value} in (select number from wanted_numbers), false)"
    if not any(name in kind for name in _TEXT_TYPES):
        return None
    text = f"cast({value} as varchar)"
    matches = [
        f"{text} in (select id from wanted)",
        f"""rowid in (
            select row_id from (
                select rowid as row_id, unnest(regexp_split_to_array({text}, '[^0-9A-Za-z_-]+')) as word from {table}
            ) where word in (select id from wanted)
        )""",
    ]
    # written out: DuckDB compiles a pattern that is no constant anew for every row
    if pattern := _pattern(ids):
        matches.append(f"regexp_matches({text}, {pattern})")
    return f"coalesce({' or '.join(matches)}, false)"


def _fill_wanted(connection: duckdb.DuckDBPyConnection, traces: Traces) -> None:
    connection.execute("create or replace temp table wanted (id varchar)")
    connection.execute("create or replace temp table wanted_numbers (number bigint)")
    connection.execute("insert into wanted select unnest($1::varchar[])", [sorted({*traces.keys, *traces.ids})])
    connection.execute("insert into wanted_numbers select unnest($1::bigint[])", [sorted(traces.numbers)])


def _pattern(ids: tuple[str, ...]) -> str:
    """Text constant of SQL: the longer ids inside a text, in capitals or not, percent-encoded or not."""
    words = {form for known in ids if len(known) >= LONG_ID for form in (known, quote(known, safe=""))}
    if not words:
        return ""
    choice = "|".join(re.escape(word) for word in sorted(words)).replace("'", "''")
    return rf"'(?i)(?:^|[^0-9A-Za-z])(?:{choice})(?:[^0-9A-Za-z]|$)'"
