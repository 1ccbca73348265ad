"""Models, embeddings and sessions of a built file."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from clickintent.built_file import opened
from clickintent.classifier import FoldedClassifier, IntentClassifier, channel_codes
from clickintent.encoder import StoredPagesEncoder
from clickintent.sequence_inputs import EMBEDDING_DIM, SEQUENCE_INPUTS
from clickintent.sql_functions.version_tables import VersionTables, classifier_in_force, encoder_in_force
from clickintent.taxonomy import Taxonomy, read_taxonomy


@dataclass(frozen=True)
class Built:
    """What is measured on.

    Attributes:
        classifier: in force, and folded.
        encoder: in force, with its pages.
        embeddings: float32[n, EMBEDDING_DIM] of the sessions.
        channels: of them.
        sessions: some of them as plain lists, as a service would have them.
        narratives: some of them as a labeler reads them.
        taxonomy: in force.
        agreement: of the classifier with its teacher, from its row: share, n and what it was taught by.
    """

    classifier: FoldedClassifier
    encoder: StoredPagesEncoder
    embeddings: NDArray[np.float32]
    channels: list[str]
    sessions: list[dict[str, Any]]
    narratives: list[str]
    taxonomy: Taxonomy
    agreement: dict[str, Any]

    @property
    def student(self) -> IntentClassifier:
        """The classifier as it was trained."""
        return self.classifier.classifier

    def many(self, count: int) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
        """Embeddings and channels over and over, `count` rows."""
        rows = np.arange(count) % len(self.embeddings)
        return self.embeddings[rows], channel_codes(self.channels)[rows]


def read_built(file: Path, sessions: int, narratives: int) -> Built:
    """Read a file that `dbt build` wrote.

    Args:
        file: the DuckDB file.
        sessions: how many to take as plain lists.
        narratives: how many to take.

    Raises:
        BuiltFileError: there is no such file, or the build in it is not complete.
        NoModelError: no classifier or no encoder is in force.
    """
    with opened(file) as connection:
        tables = VersionTables(connection, None)
        _, classifier = classifier_in_force(tables, None)
        _, encoder = encoder_in_force(tables, None)
        assert classifier is not None
        assert encoder is not None
        frame = tables.read("select channel, embedding from session_embeddings order by session_id")
        taken = tables.read(
            f"""
            select {", ".join(SEQUENCE_INPUTS)} from session_sequences
            where not is_bot order by session_id limit {sessions}
            """  # noqa: S608 - our own names, and a number
        )
        texts = tables.read(f"select narrative from session_narratives order by session_id limit {narratives}")  # noqa: S608
        taxonomy = read_taxonomy(tables.read("select * from intent_taxonomy where status = 'active'"))
        return Built(
            classifier=classifier,
            encoder=encoder,
            embeddings=frame["embedding"].cast(pl.Array(pl.Float32, EMBEDDING_DIM)).to_numpy(),
            channels=frame["channel"].to_list(),
            sessions=taken.to_dicts(),
            narratives=texts["narrative"].to_list(),
            taxonomy=taxonomy,
            agreement=_agreement(connection),
        )


def _agreement(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    found = connection.execute(
        "select version, config, metrics from intent_classifier where status = 'current'"
    ).fetchall()
    version, config, metrics = found[0][0], json.loads(found[0][1]), json.loads(found[0][2])
    return {
        "agreement": metrics["agreement"],
        "n": metrics["n"],
        "classifier_version": version,
        "labeler": config["labeler"],
    }
