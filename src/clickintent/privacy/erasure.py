"""Erasing a person from a build: first from every table at once, then from the file itself."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from clickintent.built_file import opened
from clickintent.dashboard.published import renew
from clickintent.privacy.llm_text import blank, find_call_texts
from clickintent.privacy.people import Asked, Person, PrivacyError, find
from clickintent.privacy.personal_tables import PERSONAL_TABLES, TOMBSTONES
from clickintent.privacy.rewriting import remove_spilled, rewrite
from clickintent.privacy.search import Finding, search, traces_of
from clickintent.privacy.tombstones import customer_hash, visitor_hash, write_tombstones
from clickintent.privacy.trained_models import TrainedModel, models_of

_SCRATCH: Final = "__dbt_(tmp|backup)"
"""What a killed build may leave behind: copies of tables, of which nobody makes use."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was done.

    Attributes:
        person: who was erased, as the warehouse knew them.
        removed: table -> rows removed, or calls whose text was.
        models: versions that learnt from their sessions, which they may still show.
        named: rows of other people that name them: left, since they are not theirs.
    """

    person: Person
    removed: dict[str, int]
    models: list[TrainedModel]
    named: list[Finding]


def forget(file: Path, asked: Asked, by: str) -> Erasure:
    """Erase a person: rows, text and, by writing the file anew, what the disk still held of them.

    The rows go in one transaction, with the tombstones that keep them from coming back; a kill before it ends has done
    nothing. A kill after it leaves the old blocks in the file: the same call completes it. The published copy that the
    dashboard reads is made anew.

    Args:
        file: a DuckDB file that `dbt build` wrote.
        asked: whom.
        by: who decides it.

    Raises:
        BuiltFileError: the file cannot be opened, or the build in it is not complete.
        PrivacyError: nobody decides it, nobody of that id is known, or something of them is left.
    """
    if not by.strip():
        raise PrivacyError("Nobody is named who decides it: say who with --by.")
    with opened(file, is_writing=True) as connection:
        remove_spilled(file)
        person = find(connection, asked)
        _require_somebody(connection, person, file)
        traces = traces_of(connection, person)
        models = models_of(connection, person)
        removed = _remove(connection, person, by)

    named: list[Finding] = []

    def prove(written: duckdb.DuckDBPyConnection) -> None:
        find(written, asked)
        left = search(written, traces)
        if theirs := [finding for finding in left if finding.is_theirs]:
            told = ", ".join(f"{finding.table} ({finding.rows} rows)" for finding in theirs)
            raise PrivacyError(
                f"Something is left of {asked.id}: {told}. {file} is as it was before it was written anew."
            )
        named.extend(left)

    rewrite(file, prove)
    renew(file)
    return Erasure(person, removed, models, named)


def _require_somebody(connection: duckdb.DuckDBPyConnection, person: Person, file: Path) -> None:
    asked = person.asked
    has_raw_rows = connection.execute("select 1 from asked_raw_rows limit 1").fetchone()
    if has_raw_rows and not person.tombstones:
        raise PrivacyError(
            f"Rows in quarantine name {asked.id}, and no event does. Say whose visitor it is, with --source, --site "
            "and --channel, so that these rows are not taken in again."
        )
    if person.event_count or has_raw_rows or _is_erased(connection, person) or asked.is_exact:
        return
    if asked.visitor_id and not asked.scope:
        hint = "If it is to be kept out all the same, give --source, --site and --channel."
    else:
        hint = "Look at `clickintent where` for what is known."
    raise PrivacyError(f"{file} knows nobody of the id {asked.id}. {hint}")


def _is_erased(connection: duckdb.DuckDBPyConnection, person: Person) -> bool:
    """Whether a tombstone stands already: an erasure that was killed goes on."""
    asked = person.asked
    if asked.customer_id:
        hashes = [customer_hash(asked.customer_id)]
    else:
        places = connection.execute("select distinct source, site_id, channel from stg_events").fetchall()
        hashes = [visitor_hash(source, site_id, channel, asked.id) for source, site_id, channel in places]
    query = f"select 1 from {TOMBSTONES} where list_contains($hashes, person_hash)"
    return connection.execute(query, {"hashes": hashes}).fetchone() is not None


def _remove(connection: duckdb.DuckDBPyConnection, person: Person, by: str) -> dict[str, int]:
    """Everything at once or nothing; how many rows of which table."""
    removed: dict[str, int] = {}
    connection.execute("begin")
    try:
        _drop_scratch(connection)
        write_tombstones(connection, person.tombstones, person.erased_before, by.strip())
        _move_counts(connection)
        blanked = blank(connection, find_call_texts(connection))
        held = {name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}
        for name, table in PERSONAL_TABLES.items():
            if name in held and not table.is_text_only:
                row = connection.execute(f"delete from {name} where {table.condition}").fetchone()
                if row and row[0]:
                    removed[name] = row[0]
        # without them fewer people have seen a page: narratives of others with it are sent otherwise from now on, and
        # nobody can say any more whose the former ones were
        blanked += blank(connection, find_call_texts(connection))
        if blanked:
            removed["llm_calls"] = blanked
        connection.execute("commit")
    except duckdb.Error:
        connection.execute("rollback")
        raise
    return removed


def _drop_scratch(connection: duckdb.DuckDBPyConnection) -> None:
    rows = connection.execute(
        "select schema_name, table_name from duckdb_tables() where regexp_matches(table_name, $1) and not temporary",
        [_SCRATCH],
    ).fetchall()
    for schema, table in rows:
        connection.execute(f'drop table "{schema}"."{table}"')


def _move_counts(connection: duckdb.DuckDBPyConnection) -> None:
    """In the audit, their rows move to the erased ones, and the next build counts the batches again where it can."""
    for table, counted in (("stg_events", "accepted_count"), ("quarantined_events", "quarantined_count")):
        connection.execute(
            f"""
            update ingestion_audit set
                {counted} = {counted} - gone.row_count,
                erased_count = erased_count + gone.row_count,
                is_to_recount = true
            from (
                select source, load_batch, count(*) as row_count from {table}
                where {PERSONAL_TABLES[table].condition}
                group by source, load_batch
            ) as gone
            where ingestion_audit.source = gone.source and ingestion_audit.load_batch = gone.load_batch
            """
        )
    if connection.execute("select 1 from duckdb_tables() where table_name = 'demo_events'").fetchone():
        connection.execute(
            f"""
            update ingestion_audit set is_to_recount = true
            where source = 'demo' and load_batch in (
                select cast(cast(loaded_at as date) as varchar) from demo_events
                where {PERSONAL_TABLES["demo_events"].condition}
            )
            """
        )
