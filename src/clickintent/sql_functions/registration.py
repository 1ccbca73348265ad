"""Adds the functions to a connection, which takes no time: what they need is imported and read when they are called.

Functions live in a connection, not in the file. A build that calls none of them is to notice nothing of them.
"""

import inspect
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import duckdb
from duckdb.func import ARROW, SPECIAL

from clickintent.function_errors import NoModelError
from clickintent.sequence_inputs import EMBEDDING_DIM, SEQUENCE_INPUTS

if TYPE_CHECKING:
    from clickintent.sql_functions.models_in_force import ModelsInForce

EMBED: Final = "clickintent_embed"
INTENT: Final = "clickintent_intent"
INTENT_TYPE: Final = "struct(intent_id varchar, probability float, runner_up_intent_id varchar, is_abstained boolean)"
"""The columns of those names of `session_intents`."""
ArrowFunction = Callable[..., Any]
"""Takes a chunked Arrow array for each argument, gives an Arrow array."""


class ModelFunctions:
    """The functions of a database, shared by all connections of this process to it.

    Args:
        schema: where the version tables are, should several schemas have tables of those names.
    """

    def __init__(self, schema: str | None = None) -> None:
        self.schema = schema
        self._connections: list[weakref.ref[duckdb.DuckDBPyConnection]] = []
        self._lock = threading.Lock()
        self._models: ModelsInForce | None = None

    def add(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Read versions through this connection, too, for as long as it is open; it is not kept open for that."""
        self._connections.append(weakref.ref(connection))

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor of one of the connections, to read versions by.

        Raises:
            NoModelError: all are closed.
        """
        for reference in self._connections:
            connection = reference()
            if connection is not None:
                with suppress(duckdb.ConnectionException):  # closed by its owner
                    return connection.cursor()
        raise NoModelError(
            "The connections that had the functions are closed: open one by clickintent.duckdb.connect, and keep it."
        )

    @property
    def is_open(self) -> bool:
        """Whether a connection is left to read versions by."""
        try:
            self.cursor().close()
        except NoModelError:
            return False
        return True

    def look_in(self, schema: str | None) -> None:
        """Take a schema that is named where none was so far; what is not named changes nothing.

        Raises:
            ValueError: another one is named already.
        """
        if schema is None or schema == self.schema:
            return
        if self.schema is not None:
            raise ValueError(
                f"Another connection to the file has the functions, with schema={self.schema!r}: close it first."
            )
        self.schema = schema
        self.release()

    @property
    def models(self) -> "ModelsInForce":
        """What answers, made at the first call."""
        with self._lock:
            if self._models is None:
                from clickintent.sql_functions.models_in_force import ModelsInForce  # noqa: PLC0415 - takes a while

                self._models = ModelsInForce(self.cursor, self.schema)
            return self._models

    def refresh(self) -> None:
        """Look anew, at the next call, which versions are in force; those that still are stay loaded."""
        if self._models is not None:
            self._models.refresh()

    def release(self) -> None:
        """Let go of what is loaded; a call would load it again."""
        with self._lock:
            self._models = None


_by_file: dict[Path, ModelFunctions] = {}
"""The functions of files that connections of this process opened."""
_called: list[ArrowFunction] = []
"""All that DuckDB may call. It borrows them from the connection that registered them: a query through another
connection to the same file would crash once that one is closed."""


def register_functions(connection: duckdb.DuckDBPyConnection, schema: str | None = None) -> ModelFunctions:
    """Add the functions to a connection, or join those that another connection to the file has added.

    Args:
        connection: to a file that a build wrote, or is writing.
        schema: where the version tables are, should several schemas have tables of those names.

    Raises:
        ValueError: a connection of this process to the file has them, and looks in another schema.
    """
    file = _file_of(connection)
    shared = _by_file.get(file) if file is not None else None
    functions = shared if shared is not None and shared.is_open else ModelFunctions(schema)
    functions.look_in(schema)
    try:
        _register(connection, functions)
    except duckdb.CatalogException:  # another connection has: DuckDB keeps functions per opened file
        if shared is None:
            raise
        functions = shared
    functions.refresh()
    if shared is not None and functions is not shared:  # the file had been closed since
        shared.release()
    if file is not None:
        _by_file[file] = functions
    functions.add(connection)
    return functions


def _file_of(connection: duckdb.DuckDBPyConnection) -> Path | None:
    # all rows are taken: while a result is open, no function of its transaction can be replaced
    found = connection.execute(
        "select path from duckdb_databases() where database_name = current_database()"
    ).fetchall()
    return Path(found[0][0]).resolve() if found and found[0][0] else None


def _register(connection: duckdb.DuckDBPyConnection, functions: ModelFunctions) -> None:
    def embed(*columns: Any) -> Any:  # noqa: ANN401 - Arrow arrays, and Arrow is not imported here
        return functions.models.embed(columns)

    def intent(*columns: Any) -> Any:  # noqa: ANN401
        return functions.models.intent(columns)

    # DuckDB counts a function's parameters by its signature
    parameters = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_ONLY) for name in SEQUENCE_INPUTS]
    embed.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    declared: list[tuple[str, ArrowFunction, list[Any] | None, str]] = [
        (EMBED, embed, list(SEQUENCE_INPUTS.values()), f"float[{EMBEDDING_DIM}]"),
        # without parameters it takes any number of them: DuckDB has no second function of a name
        (INTENT, intent, None, INTENT_TYPE),
    ]
    for name, function, kinds, returns in declared:
        with suppress(duckdb.InvalidInputException):  # not registered yet is no error
            connection.remove_function(name)
        connection.create_function(name, function, kinds, returns, type=ARROW, null_handling=SPECIAL)
        _called.append(function)
