"""What a review shows of a build: sessions with their narrative, labels and the student's intent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from clickintent.built_file import opened
from clickintent.review.selection import choose_sessions
from clickintent.taxonomy import Taxonomy, read_taxonomy


@dataclass(frozen=True, slots=True)
class ReviewedSession:
    """A session to be read.

    Attributes:
        shown_because: 'random', 'low_margin' or 'disagreeing'.
        labels: the labeler's leaves and confidences, best first; none where it abstained.
        student: the student's leaf, None where it abstained or there is none.
        probability: the student's, of its best leaf.
    """

    session_id: str
    shown_because: str
    narrative: str
    labels: tuple[tuple[str, float], ...]
    student: str | None
    probability: float | None


def read_queue(
    file: Path, reviewed: Collection[str], *, random_count: int, per_leaf: int
) -> tuple[Taxonomy, list[ReviewedSession]]:
    """The taxonomy in force and the sessions to show next.

    Args:
        file: the DuckDB file of a build.
        reviewed: ids of the sessions that have gold labels.
        random_count: see `choose_sessions`.
        per_leaf: see `choose_sessions`.

    Raises:
        BuiltFileError: the file cannot be read.
    """
    with opened(file) as connection:
        return review_queue(connection, reviewed, random_count=random_count, per_leaf=per_leaf)


def review_queue(
    connection: duckdb.DuckDBPyConnection, reviewed: Collection[str], *, random_count: int, per_leaf: int
) -> tuple[Taxonomy, list[ReviewedSession]]:
    """As `read_queue`, from a connection to the database of a build.

    Args:
        connection: the build's tables are found by their names alone.
        reviewed: ids of the sessions that have gold labels.
        random_count: see `choose_sessions`.
        per_leaf: see `choose_sessions`.
    """
    taxonomy = read_taxonomy(_read(connection, "select * from intent_taxonomy where status = 'active'"))
    labelled = _read(
        connection,
        """
        with labels as (
            select
                session_id,
                max(case when rank = 1 then intent_id end) as label,
                max(case when rank = 1 then confidence end)
                - coalesce(max(case when rank = 2 then confidence end), 0) as margin
            from session_labels
            group by session_id
        )

        select labels.*, sample.weight, case when not intents.is_abstained then intents.intent_id end as student,
            intents.probability
        from labels
        inner join label_sample as sample on sample.session_id = labels.session_id
        inner join session_narratives as narratives on narratives.session_id = labels.session_id
        left join session_intents as intents on intents.session_id = labels.session_id
        """,
    )
    chosen = choose_sessions(labelled, reviewed, random_count=random_count, per_leaf=per_leaf)
    shown = chosen.join(labelled, on="session_id", how="left", maintain_order="left")
    connection.register("shown", shown.select("session_id").to_arrow())
    narratives = dict(
        connection.execute(
            "select session_id, narrative from session_narratives semi join shown using (session_id)"
        ).fetchall()
    )
    labels: dict[str, list[tuple[str, float]]] = {}
    for session_id, intent_id, confidence in connection.execute(
        "select session_id, intent_id, confidence from session_labels semi join shown using (session_id) "
        "where intent_id is not null order by session_id, rank"
    ).fetchall():
        labels.setdefault(session_id, []).append((intent_id, confidence))
    return taxonomy, [
        ReviewedSession(
            session_id=row["session_id"],
            shown_because=row["shown_because"],
            narrative=narratives[row["session_id"]],
            labels=tuple(labels.get(row["session_id"], ())),
            student=row["student"],
            probability=row["probability"],
        )
        for row in shown.iter_rows(named=True)
    ]


def labels_of(file: Path, session_ids: Sequence[str]) -> dict[str, str | None]:
    """Best labels of those sessions that have one, None where the labeler abstained."""
    with opened(file) as connection:
        connection.register(
            "asked", pl.DataFrame({"session_id": session_ids}, schema={"session_id": pl.String}).to_arrow()
        )
        rows = connection.execute(
            "select session_id, intent_id from session_labels semi join asked using (session_id) where rank = 1"
        ).fetchall()
    return dict(rows)


def _read(connection: duckdb.DuckDBPyConnection, query: str) -> pl.DataFrame:
    frame = pl.from_arrow(connection.execute(query).to_arrow_table())
    assert isinstance(frame, pl.DataFrame)
    return frame
