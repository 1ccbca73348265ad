"""A plugin of dbt-duckdb: models may call `clickintent_embed` and `clickintent_intent`; a hook, `clickintent_publish`.

A profile names it under `plugins`: `- module: clickintent.duckdb_plugin`.
"""

from typing import Any

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin

from clickintent.dashboard.registration import register_publishing
from clickintent.sql_functions import register_functions


class Plugin(BasePlugin):
    """Adds the functions to the connection of a dbt run."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Take `schema` from the plugin's config; the profile's own otherwise."""
        self._schema = plugin_config.get("schema") or (self.creds.schema if self.creds else None)

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Add the functions; models are loaded when one is called."""
        self._functions = register_functions(conn, self._schema)
        register_publishing(conn)

    def configure_cursor(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """A model of this run may have brought another version into force: look anew at the next call."""
        self._functions.refresh()
