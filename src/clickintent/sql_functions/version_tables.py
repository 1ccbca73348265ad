"""The version tables of a built file, and the models that are in force by them."""

from typing import TYPE_CHECKING

import duckdb
import numpy as np
import polars as pl

from clickintent.classifier import FoldedClassifier, load_classifier
from clickintent.function_errors import NoModelError, not_of_these

if TYPE_CHECKING:
    from clickintent.encoder import StoredPagesEncoder


class VersionTables:
    """Reads the tables of the current database, whatever schemas they are in.

    Args:
        cursor: of the database.
        schema: which to read, should several schemas have tables of those names.
    """

    def __init__(self, cursor: duckdb.DuckDBPyConnection, schema: str | None) -> None:
        self._cursor = cursor
        self._schema = schema

    def table(self, name: str) -> str:
        """The qualified name of a table.

        Raises:
            NoModelError: there is none, or there are several.
        """
        found = self._cursor.execute(
            "select schema_name from duckdb_tables() where database_name = current_database() and table_name = ?",
            [name],
        ).fetchall()
        schemas = sorted(schema for (schema,) in found)
        if not schemas:
            raise NoModelError(f"There is no table {name} here: run `dbt build` first.")
        if self._schema in schemas:
            return f'"{self._schema}".{name}'
        if len(schemas) > 1:
            raise NoModelError(
                f"There are tables {name} in the schemas {', '.join(schemas)}: say which with `schema`, in "
                "clickintent.duckdb.connect or in the config of the plugin."
            )
        return f'"{schemas[0]}".{name}'

    def read(self, query: str) -> pl.DataFrame:
        """The rows of a query."""
        frame = pl.from_arrow(self._cursor.execute(query).to_arrow_table())
        assert isinstance(frame, pl.DataFrame)
        return frame

    def in_force(self, table: str) -> str | None:
        """Name of the version in force; None where there is none."""
        found = self._cursor.execute(f"select version from {self.table(table)} where status = 'current'").fetchone()  # noqa: S608 - our own names
        return found[0] if found else None

    def model(self, table: str, version: str) -> tuple[bytes, str]:
        """Weights and config of a version."""
        found = self._cursor.execute(
            f"select weights, config from {self.table(table)} where version = ?",  # noqa: S608
            [version],
        ).fetchone()
        assert found is not None
        return found[0], found[1]


def encoder_in_force(tables: VersionTables, before: object) -> tuple[object, "StoredPagesEncoder | None"]:
    """What tells the encoder and its pages from others, and the encoder; None where they are those of `before`.

    Raises:
        NoModelError: there is none in force.
    """
    from clickintent.encoder import StoredPagesEncoder, load_encoder  # noqa: PLC0415 - torch takes seconds to import

    version = tables.in_force("session_encoder")
    if version is None:
        raise NoModelError("There is no encoder in force yet: run `dbt build` first.")
    of_version = f"from {tables.table('page_embeddings')} where encoder_version = '{version}'"
    # one text: the hash of two values is a sum of theirs, in which those that two pages share cancel out
    pages = tables.read(f"select count(*), bit_xor(hash(concat_ws(' ', page_key, text_hash))) {of_version}").row(0)
    if (version, pages) == before:
        return before, None
    rows = tables.read(f"select page_key, embedding {of_version}")
    vectors = dict(zip(rows["page_key"], np.array(rows["embedding"].to_list(), dtype=np.float32), strict=True))
    return (version, pages), StoredPagesEncoder(load_encoder(*tables.model("session_encoder", version)), vectors)


def classifier_in_force(tables: VersionTables, before: object) -> tuple[object, FoldedClassifier | None]:
    """Names of the classifier, encoder and taxonomy in force, and the classifier; None where they are `before`.

    Raises:
        NoModelError: there is none in force, or it was distilled for another encoder or taxonomy than those in force.
    """
    version, encoder = tables.in_force("intent_classifier"), tables.in_force("session_encoder")
    if version is None or encoder is None:
        raise NoModelError("There is no intent classifier in force: run `dbt build`, which says why if it trains none.")
    taxonomy = tables.read(
        f"select min(taxonomy_version) from {tables.table('intent_taxonomy')} where status = 'active'"  # noqa: S608
    ).item()
    key = (version, encoder, taxonomy)
    if key == before:
        return before, None
    classifier = load_classifier(*tables.model("intent_classifier", version))
    distilled_for = (classifier.encoder_version, classifier.taxonomy_version)
    if distilled_for != (encoder, taxonomy):
        raise NoModelError(not_of_these(version, distilled_for, (encoder, taxonomy)))
    return key, FoldedClassifier(classifier)
