"""The model versions to deploy: in force on Snowflake or in a DuckDB file, or those that come with the package."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from clickintent.function_errors import NoModelError, not_of_these
from clickintent.snowflake.connection import Connection
from clickintent.snowflake.errors import SnowflakeError
from clickintent.snowflake.models_file import ModelVersion, ModelVersions
from clickintent.snowflake.naming import Place
from clickintent.snowflake.smoke import numbers_of

Rows = Callable[[str], list[dict[str, Any]]]
"""Runs a query and gives its rows by column name."""


def versions_on_snowflake(connection: Connection, place: Place) -> ModelVersions:
    """The versions in force in the schema that dbt builds in.

    Raises:
        SnowflakeError: no encoder is in force.
        NoModelError: the classifier in force is of another encoder or taxonomy.
    """
    return _versions(connection.rows, place.named)


def versions_in_file(file: Path) -> ModelVersions:
    """The versions in force in a DuckDB file.

    Raises:
        BuiltFileError: there is no such file, or the build in it is not complete.
        SnowflakeError: no encoder is in force.
        NoModelError: the classifier in force is of another encoder or taxonomy.
    """
    from clickintent.built_file import opened  # noqa: PLC0415 - duckdb only when it is needed

    with opened(file) as connection:

        def rows(sql: str) -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = connection.execute(sql).to_arrow_table().to_pylist()
            return found

        return _versions(rows, str)


def packaged_versions() -> ModelVersions:
    """The encoder that comes with the package, as it is before it has seen a session; there is no classifier."""
    from clickintent.encoder import EncoderConfig, SessionEncoder  # noqa: PLC0415 - torch takes seconds to import
    from clickintent.encoder.packaged import start_from_packaged  # noqa: PLC0415
    from clickintent.encoder.training_losses import Heads  # noqa: PLC0415
    from clickintent.encoder.version import save_encoder  # noqa: PLC0415

    config = EncoderConfig()
    encoder = SessionEncoder(config)
    start_from_packaged(encoder, Heads(config), config)
    version = ModelVersion(*save_encoder(encoder))
    return ModelVersions(version, [], np.empty((0, config.page_dim), dtype=np.float32), None)


def _versions(rows: Rows, named: Callable[[str], str]) -> ModelVersions:
    current = "select version, weights, config from {} where status = 'current'"
    encoders = rows(current.format(named("session_encoder")))
    if not encoders:
        raise SnowflakeError("No encoder is in force yet: run `dbt build` first, or deploy with --packaged.")
    encoder = _version(encoders[0])
    pages = rows(
        f"select page_key, embedding from {named('page_embeddings')} "
        f"where encoder_version = '{encoder.version}' order by page_key"
    )
    vectors = [numbers_of(page["embedding"]) for page in pages]
    dim = json.loads(encoder.config)["page_dim"]
    classifiers = rows(current.format(named("intent_classifier")))
    taxonomies = rows(f"select min(taxonomy_version) as v from {named('intent_taxonomy')} where status = 'active'")
    return ModelVersions(
        encoder,
        [page["page_key"] for page in pages],
        np.array(vectors, dtype=np.float32).reshape(len(vectors), dim),
        _fitting(_version(classifiers[0]), encoder.version, taxonomies[0]["v"]) if classifiers else None,
    )


def _fitting(classifier: ModelVersion, encoder: str, taxonomy: str | None) -> ModelVersion:
    config = json.loads(classifier.config)
    distilled_for = (config["encoder_version"], config["taxonomy_version"])
    if distilled_for != (encoder, taxonomy):
        raise NoModelError(not_of_these(classifier.version, distilled_for, (encoder, taxonomy)))
    return classifier


def _version(row: dict[str, Any]) -> ModelVersion:
    return ModelVersion(row["version"], bytes(row["weights"]), row["config"])
