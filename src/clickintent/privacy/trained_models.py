"""Which versions learnt from a person's sessions: their rows go, what was learnt stays."""

from dataclasses import dataclass
from typing import Final

import duckdb

from clickintent.privacy.people import Person


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A version that may have learnt from a person.

    Attributes:
        table: the table that owns it.
        version: its name.
        status: 'current', 'candidate' and the like.
    """

    table: str
    version: str
    status: str


_VERSIONS: Final = {
    "session_encoder": (
        {"version", "status", "trained_rows", "trained_from", "trained_to"},
        "select version, status from session_encoder "
        "where trained_rows > 0 and trained_from <= $last and trained_to >= $first",
    ),
    "intent_classifier": (
        {"version", "status", "trained_rows", "trained_from", "trained_to"},
        "select version, status from intent_classifier "
        "where trained_rows > 0 and trained_from <= $last and trained_to >= $first",
    ),
    "taxonomy_versions": (
        {"version", "status", "source", "proposed_at"},
        "select version, status from taxonomy_versions "
        "where source <> 'seed' and proposed_at >= $first and $last is not null",
    ),
    "session_clusters": (
        {"cluster_version", "fitted_at"},
        "select distinct cluster_version, 'fitted' from session_clusters "
        "where fitted_at >= $first and $last is not null",
    ),
}
"""Table -> columns that it needs, and its versions whose sessions may be of a period."""


def models_of(connection: duckdb.DuckDBPyConnection, person: Person) -> list[TrainedModel]:
    """Versions trained on a period in which the person had sessions; none where nothing of theirs was there."""
    if person.first_at is None:
        return []
    found = []
    for table, (columns, query) in _VERSIONS.items():
        held = connection.execute(
            "select column_name from duckdb_columns() "
            "where table_name = $1 and list_contains(current_schemas(true), schema_name)",
            [table],
        ).fetchall()
        if columns <= {name for (name,) in held}:
            period = {"first": person.first_at, "last": person.last_at}
            rows = connection.execute(f"{query} order by 1", period).fetchall()
            found += [TrainedModel(table, version, status) for version, status in rows]
    return found
