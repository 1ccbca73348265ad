"""Sessions by which a representation is judged: their sequences, people, and intents that no model gave."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from clickintent.encoder import SessionEncoder, load_encoder
from clickintent.evaluation.figures import FIGURE_SCHEMA, Judged
from clickintent.stages.gold import with_merges_followed
from clickintent.stages.run import Run
from clickintent.warehouse import Relation

MAX_SESSIONS: Final = 30_000
"""Of each channel: figures are then known to a hundredth, and all sessions fit in memory."""


@dataclass(frozen=True)
class JudgedInputs:
    """Tables of an evaluation by time: everything was fitted on what was known before its split.

    Attributes:
        judged: `judged_sessions`.
        sessions: `eval_sessions`.
        sequences: `eval_sequences`.
        pages: `pages`.
        encoders: `eval_encoder_in_use`.
        taxonomy: `intent_taxonomy`.
    """

    judged: Relation
    sessions: Relation
    sequences: Relation
    pages: Relation
    encoders: Relation
    taxonomy: Relation


@dataclass(frozen=True)
class JudgedSessions:
    """n sessions, and what is to be judged on them.

    Attributes:
        sequences: n rows of `eval_sequences`, with intent_id (null where nobody said), group_id, is_sensitive, person
            and is_before_split.
        pages: page_key, text.
        encoder: the one that was fitted before the split.
        judged: what the figures have in common.
    """

    sequences: pl.DataFrame
    pages: pl.DataFrame
    encoder: SessionEncoder
    judged: Judged

    @property
    def persons(self) -> NDArray[np.int64]:
        """int64[n], hashes of whose the sessions are."""
        return self.sequences["person"].to_numpy()

    @property
    def is_train(self) -> NDArray[np.bool_]:
        """bool[n], what was known before the split."""
        return self.sequences["is_before_split"].to_numpy()


def read_judged_sessions(run: Run, inputs: JudgedInputs, *, has_intent: bool = True) -> JudgedSessions | None:
    """Human sessions with the intents that they are judged by; None where there are none, or no encoder.

    Args:
        run: the dbt run.
        inputs: the tables.
        has_intent: whether sessions whose intent nobody said are left out.
    """
    version = run.warehouse.read(
        f"select version, config, weights from {run.source(inputs.encoders)} as encoders where is_current"
    )
    # session ids are hashes: their last digits make a random sample, and the label sample goes by the first
    sequences = run.warehouse.read(
        f"""
        select sequences.*, judged.intent_id, sessions.person, sessions.split_at
        from {run.source(inputs.sequences)} as sequences
        inner join {run.source(inputs.sessions)} as sessions on sessions.session_id = sequences.session_id
        left join {run.source(inputs.judged)} as judged on judged.session_id = sequences.session_id
        where {"judged.intent_id is not null" if has_intent else "true"}
        qualify row_number() over (
            partition by sequences.channel order by right(sequences.session_id, 8), sequences.session_id
        ) <= {MAX_SESSIONS}
        order by sequences.session_id
        """
    )
    if sequences.is_empty() or version.is_empty():
        return None
    leaves = _leaves(run, inputs.taxonomy)
    sequences = with_merges_followed(run, sequences, inputs.taxonomy).join(
        leaves.drop("taxonomy_version"), on="intent_id", how="left", maintain_order="left"
    )
    pages = run.warehouse.read(f"select page_key, text from {run.source(inputs.pages)} as pages order by page_key")
    row: dict[str, Any] = version.row(0, named=True)
    return JudgedSessions(
        sequences.with_columns(
            # a draft of a taxonomy knows none of the simulator's leaves
            group_id=pl.coalesce("parent_intent_id", pl.col("intent_id").str.split(".").list.first()),
            is_sensitive=pl.col("is_sensitive").fill_null(False),
        ),
        pages,
        load_encoder(row["weights"], row["config"]),
        Judged(
            run.now,
            split_at=sequences["split_at"][0],
            encoder_version=row["version"],
            taxonomy_version=leaves["taxonomy_version"][0] if leaves.height else None,
        ),
    )


def figures_told(run: Run, rows: Iterable[Mapping[str, Any]]) -> Relation:
    """Rows by FIGURE_SCHEMA: none for a figure that cannot be told, and null for an interval that cannot."""
    told = pl.DataFrame(list(rows), schema=FIGURE_SCHEMA)
    return run.rows(told.with_columns(pl.col("value", "low", "high").fill_nan(None)).drop_nulls("value"), FIGURE_SCHEMA)


def _leaves(run: Run, taxonomy: Relation) -> pl.DataFrame:
    return run.warehouse.read(
        f"""
        select taxonomy_version, intent_id, parent_intent_id, is_sensitive
        from {run.source(taxonomy)} as taxonomy where status = 'active' and level = 2 order by intent_id
        """
    )
