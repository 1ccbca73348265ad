"""The SQL of a deployment, statement by statement; what it makes is named in `naming`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from clickintent.sequence_inputs import SEQUENCE_INPUTS
from clickintent.snowflake.channel_packages import FUNCTION_PACKAGES, PYTHON, channel_names
from clickintent.snowflake.naming import (
    CURRENT,
    EMBED,
    INTENT,
    MARK,
    MODELS_FILE,
    NO_KEY_YET,
    OPENAI_ACCESS,
    OPENAI_HOSTS,
    OPENAI_KEY,
    PACKAGE_FILE,
    STAGE,
    Place,
    literal,
)

_HANDLERS: Final = "clickintent.snowflake.handlers"
KEY_SHOWN: Final = "<value of OPENAI_API_KEY>"
HTTPS_PORT: Final = 443

EMBED_ARGUMENTS: Final = {name: "array" if kind.endswith("[]") else kind for name, kind in SEQUENCE_INPUTS.items()}
INTENT_ARGUMENTS: Final = ({"embedding": "array", "channel": "varchar"}, {"embedding": "array"})
"""Snowflake keeps a function of a name for each list of types."""


@dataclass(frozen=True)
class Listed:
    """A statement that lists an object if it is there, perhaps among others of a like name.

    Attributes:
        sql: the statement.
        name: of the object.
    """

    sql: str
    name: str


@dataclass(frozen=True)
class Statement:
    """One step.

    Attributes:
        about: what it does, in words.
        sql: as it is shown.
        unless: lists the object: where it is there the step is passed over.
        has_secret: whether what is run holds a secret that is not shown.
        sql_to_run: with the secret; None where it is not known, and then the step is passed over.
    """

    about: str
    sql: str
    unless: Listed | None = None
    has_secret: bool = False
    sql_to_run: str | None = field(default=None, repr=False)

    @property
    def script(self) -> str:
        """As a part of a script to read."""
        return f"-- {self.about}\n{self.sql};\n"


def upload(place: Place, folder: Path | None, content_hash: str) -> Iterator[Statement]:
    """Make the stage and put the two files into it.

    Args:
        place: that is deployed to.
        folder: where the files are on this machine; None where there are none yet.
        content_hash: names the folder in the stage.
    """
    yield Statement(
        "the stage of package and weights",
        f"create stage if not exists {place.named(STAGE)}\n    comment = {literal(f'{MARK}: package and weights')}",
    )
    for file in (PACKAGE_FILE, MODELS_FILE):
        yield Statement(
            f"{file} under its hash, where it stays as it is", _put(place, folder, file, content_hash, overwrites=False)
        )
    # a session of dbt names this path, whatever was deployed last
    yield Statement(
        f"{PACKAGE_FILE} for dbt's Python models", _put(place, folder, PACKAGE_FILE, CURRENT, overwrites=True)
    )


def functions(place: Place, content_hash: str, comment: str, *, has_classifier: bool) -> Iterator[Statement]:
    """Create the functions on what was uploaded, or drop those that have no classifier to answer by."""
    yield Statement(
        "the embedding of a session", _function(place, EMBED, EMBED_ARGUMENTS, "array", "embed", content_hash, comment)
    )
    for arguments in INTENT_ARGUMENTS:
        if has_classifier:
            sql = _function(place, INTENT, arguments, "object", "intent", content_hash, comment)
            yield Statement("the intent of an embedding", sql)
        else:
            yield Statement("no intents without a classifier", _drop_function(place, INTENT, arguments))


def openai_access(place: Place, hosts: Sequence[str], key: str | None) -> Iterator[Statement]:
    """Let the labeler `openai` reach its server: hosts, a key that only Snowflake keeps, and the right to use both.

    Args:
        place: that is deployed to.
        hosts: of the server, with or without a port.
        key: to it; None leaves the one that Snowflake has.
    """
    targets = ", ".join(literal(host if ":" in host else f"{host}:{HTTPS_PORT}") for host in hosts)
    rule, secret = place.named(OPENAI_HOSTS), place.named(OPENAI_KEY)
    yield Statement(
        "the hosts that may be reached",
        f"create network rule {rule}\n    mode = egress\n    type = host_port\n    value_list = ({targets})\n"
        f"    comment = {literal(f'{MARK}: servers of the labeler openai')}",
        unless=_listed("network rules", OPENAI_HOSTS, place),
    )
    yield Statement("and those alone", f"alter network rule {rule} set value_list = ({targets})")
    yield Statement(
        "the key's place",
        f"create secret if not exists {secret}\n    type = generic_string\n    secret_string = {literal(NO_KEY_YET)}\n"
        f"    comment = {literal(f'{MARK}: key of the labeler openai')}",
    )
    yield Statement(
        "the key, from the environment variable OPENAI_API_KEY; passed over where that is not set",
        _set_key(secret, KEY_SHOWN),
        has_secret=True,
        sql_to_run=_set_key(secret, key) if key else None,
    )
    yield Statement(
        "the right to use both, for dbt's Python models",
        f"create external access integration {OPENAI_ACCESS}\n    allowed_network_rules = ({rule})\n"
        f"    allowed_authentication_secrets = ({secret})\n    enabled = true\n"
        f"    comment = {literal(f'{MARK}: the labeler openai')}",
        unless=_listed("external access integrations", OPENAI_ACCESS),
    )


@dataclass(frozen=True)
class Removal:
    """Something that a deployment may have made.

    Attributes:
        about: what it is.
        shown_by: lists it with its comment.
        sql: drops it.
        signature: of a function, as the list has it less the spaces; None for anything else.
    """

    about: str
    shown_by: Listed
    sql: str
    signature: str | None = None

    @property
    def script(self) -> str:
        """As a part of a script to read."""
        return f"-- {self.about}\n{self.sql};\n"


def removals(place: Place) -> Iterator[Removal]:
    """Everything that a deployment makes, the users of a thing before it."""
    for name, arguments in ((EMBED, EMBED_ARGUMENTS), *((INTENT, arguments) for arguments in INTENT_ARGUMENTS)):
        signature = f"{name}({', '.join(arguments.values())})"
        yield Removal(
            f"function {signature}",
            _listed("user functions", name, place),
            _drop_function(place, name, arguments),
            signature.upper().replace(" ", ""),
        )
    # an integration belongs to the account, and needs its rule and its secret for as long as it is there
    yield Removal(
        f"integration {OPENAI_ACCESS}",
        _listed("external access integrations", OPENAI_ACCESS),
        f"drop integration if exists {OPENAI_ACCESS}",
    )
    for kind, name in (("secret", OPENAI_KEY), ("network rule", OPENAI_HOSTS), ("stage", STAGE)):
        yield Removal(f"{kind} {name}", _listed(f"{kind}s", name, place), f"drop {kind} if exists {place.named(name)}")


def _listed(kinds: str, name: str, place: Place | None = None) -> Listed:
    within = "" if place is None else f" in schema {place.qualified}"
    return Listed(f"show {kinds} like {literal(name)}{within}", name)


def _set_key(secret: str, key: str) -> str:
    return f"alter secret {secret} set secret_string = {literal(key)}"


def _put(place: Place, folder: Path | None, file: str, into: str, *, overwrites: bool) -> str:
    local = f"file://{file if folder is None else (folder / file).absolute().as_posix()}"
    return f"put {literal(local)} {place.path(into)} auto_compress = false overwrite = {str(overwrites).lower()}"


def _function(
    place: Place, name: str, arguments: dict[str, str], returns: str, handler: str, content_hash: str, comment: str
) -> str:
    taken = ",\n    ".join(f"{argument} {kind}" for argument, kind in arguments.items())
    packages = ", ".join(map(literal, channel_names(FUNCTION_PACKAGES)))
    imports = ",\n    ".join(literal(place.path(content_hash, file)) for file in (PACKAGE_FILE, MODELS_FILE))
    return f"""\
create or replace function {place.named(name)}(
    {taken}
)
copy grants
returns {returns}
language python
called on null input
immutable
runtime_version = {literal(PYTHON)}
comment = {literal(comment)}
imports = (
    {imports}
)
packages = ({packages})
handler = {literal(f"{_HANDLERS}.{handler}")}"""


def _drop_function(place: Place, name: str, arguments: dict[str, str]) -> str:
    return f"drop function if exists {place.named(name)}({', '.join(arguments.values())})"
