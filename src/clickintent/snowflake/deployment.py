"""Deploying and taking back: what changes nothing is not done again, what is not ours is not touched."""

import hashlib
import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from clickintent.snowflake.channel_packages import FUNCTION_PACKAGES, MODEL_PACKAGES, channel_names
from clickintent.snowflake.connection import Connection
from clickintent.snowflake.errors import SnowflakeError
from clickintent.snowflake.models_file import ModelVersions, models_file
from clickintent.snowflake.naming import (
    EMBED,
    INTENT,
    MARK,
    MODELS_FILE,
    PACKAGE_FILE,
    Place,
    literal,
    stored_name,
)
from clickintent.snowflake.package_zip import package_zip
from clickintent.snowflake.statements import (
    INTENT_ARGUMENTS,
    Listed,
    Removal,
    Statement,
    functions,
    openai_access,
    removals,
    upload,
)

HASH_DIGITS: Final = 12
HASH_SHOWN: Final = "<hash>"
"""Stands for the hash in a dry run that reads no weights."""
NO_CLASSIFIER: Final = "without classifier"
_COMMENT: Final = re.compile(
    rf"{MARK} [0-9a-f]+: (?P<encoder>[^,]+), (?P<classifier>[^,]+), package (?P<package>[0-9a-f]+)"
)

Tell = Callable[[str], None]


@dataclass(frozen=True)
class OpenAiAccess:
    """What the labeler `openai` is given.

    Attributes:
        hosts: of its server.
        key: to it, None where it is not to be changed.
    """

    hosts: Sequence[str]
    key: str | None

    def __repr__(self) -> str:
        """Without the key."""
        return f"OpenAiAccess(hosts={self.hosts!r})"


@dataclass(frozen=True)
class Deployment:
    """A package and the versions that it answers by.

    Attributes:
        place: where to.
        versions: of the models.
        package: the zip.
    """

    place: Place
    versions: ModelVersions
    package: bytes

    @classmethod
    def of(cls, place: Place, versions: ModelVersions) -> "Deployment":
        """With the package as it is installed here."""
        return cls(place, versions, package_zip())

    @property
    def content_hash(self) -> str:
        """12 hexadecimal digits of all that is uploaded."""
        return hashlib.sha256(self.package + self.versions.digest.encode()).hexdigest()[:HASH_DIGITS]

    @property
    def comment(self) -> str:
        """What the functions' comments say."""
        classifier = self.versions.classifier
        of_classifier = NO_CLASSIFIER if classifier is None else classifier.version
        answers_by = self.versions.encoder.version, of_classifier, package_hash(self.package)
        return comment_of(self.content_hash, *answers_by)

    def statements(self, folder: Path | None) -> list[Statement]:
        """All that has to be run.

        Args:
            folder: where the files are, or None to show the statements alone.
        """
        has_classifier = self.versions.classifier is not None
        return [
            *upload(self.place, folder, self.content_hash),
            *functions(self.place, self.content_hash, self.comment, has_classifier=has_classifier),
        ]


@dataclass(frozen=True)
class Answering:
    """What a function's comment says of it.

    Attributes:
        encoder: version by which it answers.
        classifier: likewise; `NO_CLASSIFIER` where there is none.
        package: hash of the package that it imports.
    """

    encoder: str
    classifier: str
    package: str


def package_hash(package: bytes) -> str:
    """12 hexadecimal digits that tell one state of the package from another."""
    return hashlib.sha256(package).hexdigest()[:HASH_DIGITS]


def comment_of(content_hash: str, encoder: str, classifier: str, package: str) -> str:
    """The comment of a function: the mark, what it was made of, by which versions it answers, of which package."""
    return f"{MARK} {content_hash}: {encoder}, {classifier}, package {package}"


def answering(comment: str) -> Answering | None:
    """What `comment_of` wrote; None where it is no such comment, as of an earlier clickintent."""
    found = _COMMENT.fullmatch(comment)
    return Answering(**found.groupdict()) if found else None


def shown_statements(place: Place) -> list[Statement]:
    """The statements of a deployment whose weights nobody has read yet."""
    comment = comment_of(HASH_SHOWN, "<encoder>", "<classifier>", "<package>")
    return [*upload(place, None, HASH_SHOWN), *functions(place, HASH_SHOWN, comment, has_classifier=True)]


def deploy(deployment: Deployment, connection: Connection, openai: OpenAiAccess | None, tell: Tell) -> bool:
    """Bring a deployment about.

    Args:
        deployment: package and versions.
        connection: to Snowflake, with the rights of the builder's role.
        openai: access for the labeler `openai`, if it is asked for.
        tell: is told each step.

    Returns:
        Whether anything of the functions changed.

    Raises:
        SnowflakeError: the account lacks a library, or a statement is refused.
    """
    is_new = not _is_deployed(deployment, connection)
    if is_new:
        _require_packages(connection, deployment.place, tell)
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, PACKAGE_FILE).write_bytes(deployment.package)
            Path(folder, MODELS_FILE).write_bytes(models_file(deployment.versions))
            _run(deployment.statements(Path(folder)), connection, tell)
    else:
        tell(f"{deployment.content_hash} is deployed already: nothing to do.")
    if openai is not None:
        _run(openai_access(deployment.place, openai.hosts, openai.key), connection, tell)
    return is_new


def undeploy(place: Place, connection: Connection, tell: Tell) -> int:
    """Drop everything that a deployment made, and nothing else.

    Returns:
        How many things were dropped.

    Raises:
        SnowflakeError: a statement is refused.
    """
    dropped = 0
    for removal in removals(place):
        found = _found(removal, connection)
        if not found:
            continue
        if not all(_is_ours(row) for row in found):
            tell(f"{removal.about} was not made by a deployment, as its comment shows: it stays.")
            continue
        connection.rows(removal.sql)
        dropped += 1
        tell(f"Dropped: {removal.about}.")
    return dropped


def _is_deployed(deployment: Deployment, connection: Connection) -> bool:
    """Whether every function is there with this hash: they are made last, after all uploads."""
    wanted = 1 + (len(INTENT_ARGUMENTS) if deployment.versions.classifier is not None else 0)
    comments = comments_of_functions(connection, deployment.place)
    return len(comments) == wanted and all(comment == deployment.comment for comment in comments)


def comments_of_functions(connection: Connection, place: Place) -> list[str | None]:
    """The comments of the functions that are there, one for each list of arguments.

    Raises:
        SnowflakeError: the statement is refused.
    """
    rows = connection.rows(
        f"select function_name, comment from {place.information_schema}.functions "
        f"where function_schema = {literal(stored_name(place.schema))} "
        f"and function_name in ({literal(EMBED)}, {literal(INTENT)})"
    )
    return [row["comment"] for row in rows]


def _require_packages(connection: Connection, place: Place, tell: Tell) -> None:
    names = channel_names(MODEL_PACKAGES)
    listed = connection.rows(
        f"select distinct package_name from {place.information_schema}.packages "
        f"where language = 'python' and package_name in ({', '.join(map(literal, names))})"
    )
    missing = sorted(set(names) - {row["package_name"] for row in listed})
    if set(missing) & set(channel_names(FUNCTION_PACKAGES)):
        raise SnowflakeError(
            f"The account's Python packages lack {', '.join(missing)}: an administrator has to accept the terms of the "
            "Anaconda channel, or the packages policy leaves them out."
        )
    if missing:
        tell(f"dbt's Python models, not the functions, need packages that the account lacks: {', '.join(missing)}.")


def _run(statements: Iterable[Statement], connection: Connection, tell: Tell) -> None:
    for statement in statements:
        if statement.unless is not None and _rows_of(statement.unless, connection):
            tell(f"There already: {statement.about}.")
        elif not statement.has_secret:
            connection.rows(statement.sql)
            tell(f"Done: {statement.about}.")
        elif statement.sql_to_run is None:
            tell(f"Passed over: {statement.about}.")
        else:
            connection.rows(statement.sql_to_run)
            tell(f"Done: {statement.about}.")


def _found(removal: Removal, connection: Connection) -> list[dict[str, Any]]:
    """The rows that show it; functions of one name are told apart by their arguments."""
    rows = _rows_of(removal.shown_by, connection)
    if removal.signature is None:
        return rows
    return [row for row in rows if _signature(row).startswith(f"{removal.signature}RETURN")]


def _rows_of(listed: Listed, connection: Connection) -> list[dict[str, Any]]:
    """Those of that very name: to LIKE an underscore is any character."""
    return [row for row in connection.rows(listed.sql) if row["name"] == listed.name]


def _signature(row: dict[str, Any]) -> str:
    return str(row["arguments"]).upper().replace(" ", "")


def _is_ours(row: dict[str, Any]) -> bool:
    """By its comment, which SHOW calls `comment`, and `description` where functions are listed."""
    told = str(row.get("comment") or row.get("description") or "")
    return told.startswith((f"{MARK} ", f"{MARK}:"))
