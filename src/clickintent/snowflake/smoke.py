"""A small demo built somewhere, beside the same one built by DuckDB: what has to be equal, and what near.

No training is in it: an encoder trained on another machine has other weights, and then no number could be compared.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from typing import Any, Final, Self

import numpy as np

VARS: Final[Mapping[str, Any]] = {
    "demo": {"people": 3_000, "days": 14, "seed": 7, "linked": True},
    "encoder_training_steps": 0,
}
"""Vars of the build: 3,000 people for two weeks, embedded by the packaged weights as they are."""

LITERALS: Final = "smoke_literals.json"
EMBEDDING_TOLERANCE: Final = 1e-5
"""What rounding may do to a number of an embedding, and so to a mean of them."""

INTENT_TOLERANCE: Final = 0.05
"""Share of sessions that may have another level-1 intent: the classifier is fitted anew on each machine."""

Rows = Callable[[str], list[dict[str, Any]]]


@dataclass(frozen=True)
class Observed:
    """What a build of the small demo holds.

    Attributes:
        session_count: rows of `sessions`.
        session_ids_md5: of all session ids, in order.
        sessions_by_day: 'day channel' -> sessions in `intent_distribution_daily`.
        embedding_count: rows of `session_embeddings`.
        embedding_checksum: for each number of the embeddings its mean, every session weighted by its id.
        intents: level-1 intent -> sessions, 'abstained' among them.
    """

    session_count: int
    session_ids_md5: str
    sessions_by_day: Mapping[str, int]
    embedding_count: int
    embedding_checksum: Sequence[float]
    intents: Mapping[str, int]

    @classmethod
    def read(cls, text: str) -> Self:
        """From what `written` wrote."""
        return cls(**json.loads(text))

    @property
    def written(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self), indent=1) + "\n"


@dataclass(frozen=True)
class Check:
    """One comparison.

    Attributes:
        name: what is compared.
        expected: by DuckDB, in words.
        found: likewise, here.
        is_passed: whether they agree.
    """

    name: str
    expected: str
    found: str
    is_passed: bool


def literals() -> Observed:
    """What DuckDB makes of the small demo; `clickintent snowflake smoke --record FILE` wrote it down."""
    return Observed.read((files("clickintent.snowflake") / LITERALS).read_text())


def observe(rows: Rows, named: Callable[[str], str] = str) -> Observed:
    """Look at a build.

    Args:
        rows: runs a query and gives its rows by column name in lower case.
        named: from a model's name to its table's.
    """
    ids = [row["session_id"] for row in rows(f"select session_id from {named('sessions')} order by session_id")]
    days = rows(
        f"select day, channel, sum(sessions) as session_count from {named('intent_distribution_daily')} "
        "group by day, channel order by day, channel"
    )
    vectors = rows(f"select session_id, embedding from {named('session_embeddings')} order by session_id")
    intents = rows(
        "select case when is_abstained then 'abstained' else intent_l1 end as intent, count(*) as session_count "
        f"from {named('session_intents')} group by 1 order by 1"
    )
    return Observed(
        session_count=len(ids),
        session_ids_md5=hashlib.md5("\n".join(ids).encode(), usedforsecurity=False).hexdigest(),
        sessions_by_day={f"{str(row['day'])[:10]} {row['channel']}": int(row["session_count"]) for row in days},
        embedding_count=len(vectors),
        embedding_checksum=_checksum([(row["session_id"], numbers_of(row["embedding"])) for row in vectors]),
        intents={str(row["intent"]): int(row["session_count"]) for row in intents},
    )


def compare(expected: Observed, found: Observed) -> list[Check]:
    """Every comparison, in the order in which a difference explains those after it."""
    days = sorted({*expected.sessions_by_day, *found.sessions_by_day})
    other_days = [day for day in days if expected.sessions_by_day.get(day) != found.sessions_by_day.get(day)]
    # without embeddings there is no checksum
    has_both = len(expected.embedding_checksum) == len(found.embedding_checksum) > 0
    far = np.abs(np.subtract(expected.embedding_checksum, found.embedding_checksum)).max() if has_both else np.inf
    names = {*expected.intents, *found.intents}
    moved = sum(abs(expected.intents.get(name, 0) - found.intents.get(name, 0)) for name in names) / 2
    share = moved / max(expected.embedding_count, 1)
    return [
        _equal("sessions", expected.session_count, found.session_count),
        _equal("md5 of session ids", expected.session_ids_md5, found.session_ids_md5),
        Check(
            "sessions by day and channel",
            f"{len(expected.sessions_by_day)} cells",
            "the same" if not other_days else f"{len(other_days)} differ, first {other_days[0]}",
            not other_days,
        ),
        _equal("embedded sessions", expected.embedding_count, found.embedding_count),
        Check(
            "checksum of embeddings",
            f"within {EMBEDDING_TOLERANCE:g}",
            f"off by {far:.2g} at most",
            bool(far <= EMBEDDING_TOLERANCE),
        ),
        Check(
            "sessions by level-1 intent",
            f"up to {INTENT_TOLERANCE:.0%} elsewhere",
            f"{share:.1%} elsewhere",
            share <= INTENT_TOLERANCE,
        ),
    ]


def report(checks: Sequence[Check], where: Mapping[str, str]) -> str:
    """Markdown to send back.

    Args:
        checks: of `compare`, and others.
        where: what it ran on, by name; no account, user or key is among it.
    """
    passed = sum(check.is_passed for check in checks)
    lines = [f"# clickintent on Snowflake: {passed} of {len(checks)} checks passed", ""]
    lines += [f"- {name}: {value}" for name, value in where.items()]
    lines += ["", "| check | expected | found | |", "|---|---|---|---|"]
    lines += [f"| {c.name} | {c.expected} | {c.found} | {'ok' if c.is_passed else '**differs**'} |" for c in checks]
    return "\n".join(lines) + "\n"


def function_checks(rows: Rows, named: Callable[[str], str], arguments: Sequence[str]) -> list[Check]:
    """Whether the SQL functions answer as the tables that the build made.

    Args:
        rows: as in `observe`.
        named: likewise; of functions, too.
        arguments: of `clickintent_embed`, columns of `session_sequences`.
    """
    given = ", ".join(f"sequences.{argument}" for argument in arguments)
    found = rows(
        f"""
        select
            embeddings.embedding,
            intents.intent_id,
            {named("clickintent_embed")}({given}) as own_embedding,
            {named("clickintent_intent")}(embeddings.embedding::array, embeddings.channel):intent_id::text as own_intent
        from {named("session_embeddings")} as embeddings
        inner join {named("session_sequences")} as sequences on sequences.session_id = embeddings.session_id
        inner join {named("session_intents")} as intents on intents.session_id = embeddings.session_id
        order by embeddings.session_id
        """
    )
    pairs = [(numbers_of(row["embedding"]), numbers_of(row["own_embedding"])) for row in found]
    far = max((float(np.abs(np.subtract(*pair)).max()) for pair in pairs), default=float("inf"))
    other = sum(row["intent_id"] != row["own_intent"] for row in found)
    return [
        Check(
            "clickintent_embed beside session_embeddings",
            f"within {EMBEDDING_TOLERANCE:g}",
            f"off by {far:.2g} at most in {len(found)} sessions",
            far <= EMBEDDING_TOLERANCE,
        ),
        Check("clickintent_intent beside session_intents", "the same", f"{other} differ", bool(found) and other == 0),
    ]


def numbers_of(embedding: Any) -> list[float]:  # noqa: ANN401
    """A list, or the JSON text that the connector gives of an ARRAY."""
    numbers: list[float] = json.loads(embedding) if isinstance(embedding, str) else list(embedding)
    return numbers


def _checksum(embeddings: Sequence[tuple[str, list[float]]]) -> list[float]:
    """Means weighted by the first digits of the session ids: vectors that change places change it."""
    if not embeddings:
        return []
    weights = np.array([int(session_id[:8], 16) / 16**8 for session_id, _ in embeddings])
    means = weights @ np.array([vector for _, vector in embeddings], dtype=np.float64) / len(embeddings)
    return [round(float(mean), 7) for mean in means]


def _equal(name: str, expected: object, found: object) -> Check:
    return Check(name, str(expected), str(found), expected == found)
