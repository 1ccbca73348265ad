"""What a deployment is called in Snowflake: the one home of its names and of the paths in its stage.

@DB.SCHEMA.CLICKINTENT_PACKAGES/<hash>/clickintent.zip      what the functions import; never changes
@DB.SCHEMA.CLICKINTENT_PACKAGES/current/clickintent.zip     the last one deployed; dbt's Python models import it
"""

import re
from dataclasses import dataclass
from typing import Final

STAGE: Final = "CLICKINTENT_PACKAGES"
PACKAGE_FILE: Final = "clickintent.zip"
MODELS_FILE: Final = "clickintent_models.safetensors"
CURRENT: Final = "current"
"""Folder of the stage whose content is that of the last deployment."""

EMBED: Final = "CLICKINTENT_EMBED"
INTENT: Final = "CLICKINTENT_INTENT"

OPENAI_HOSTS: Final = "CLICKINTENT_OPENAI_HOSTS"
OPENAI_KEY: Final = "CLICKINTENT_OPENAI_KEY"
OPENAI_ACCESS: Final = "CLICKINTENT_OPENAI_ACCESS"
NO_KEY_YET: Final = "not set yet"
"""What the secret holds before anyone has given it a key."""

MARK: Final = "clickintent"
"""Begins the comment of everything that a deployment made: `undeploy` drops nothing without it."""

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*")


@dataclass(frozen=True)
class Place:
    """A schema of Snowflake that is deployed to.

    Attributes:
        database: its name; one that is no plain identifier is quoted.
        schema: likewise.
    """

    database: str
    schema: str

    @property
    def information_schema(self) -> str:
        """What tells of the database's objects, as SQL."""
        return f"{identifier(self.database)}.information_schema"

    @property
    def qualified(self) -> str:
        """Database and schema as SQL."""
        return f"{identifier(self.database)}.{identifier(self.schema)}"

    def named(self, name: str) -> str:
        """An object of the schema as SQL."""
        return f"{self.qualified}.{name}"

    def path(self, folder: str, file: str = "") -> str:
        """A file, or a folder, in the stage."""
        return f"@{self.named(STAGE)}/{folder}/{file}"


def identifier(name: str) -> str:
    """A name as SQL: plain ones as Snowflake reads them, in capitals; others quoted."""
    return name.upper() if _PLAIN.fullmatch(name) else '"' + name.replace('"', '""') + '"'


def stored_name(name: str) -> str:
    """A name as Snowflake's information schema has it."""
    return name.upper() if _PLAIN.fullmatch(name) else name


def literal(text: str) -> str:
    """A text as SQL. Snowflake reads backslashes in a text."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
