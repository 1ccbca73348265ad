"""What a stage that asks a language model needs beside its own inputs, and what it may send."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from clickintent.labeling.llm_setup import LlmAccess
from clickintent.llm import CallStore, Price, read_prices
from clickintent.privacy import Audience
from clickintent.stages.progress import asking_progress
from clickintent.stages.run import Run
from clickintent.warehouse import Relation

CALLS_TABLE: Final = "llm_calls"


@dataclass(frozen=True)
class Sending:
    """Settings of the client, and the tables that say what may be sent.

    Attributes:
        llm: the var `llm`.
        sessions: `sendable_sessions`.
        pages: `page_audience`.
        event_types: `event_type_audience`.
        prices: `llm_prices`.
    """

    llm: Mapping[str, object]
    sessions: Relation
    pages: Relation
    event_types: Relation
    prices: Relation

    def access(self, run: Run) -> LlmAccess:
        """The way to the server, the calls kept so far, and the table that keeps more."""
        return LlmAccess(
            var=self.llm,
            store=CallStore(run.warehouse, run.table(CALLS_TABLE)),
            prices=self.price_table(run),
            progress=asking_progress,
            warehouse=run.warehouse,
        )

    def price_table(self, run: Run) -> dict[str, Price]:
        """Prices by model."""
        return read_prices(run.warehouse.read(f"select * from {run.source(self.prices)} as prices"))

    def narratives(self, run: Run, frame: pl.DataFrame) -> pl.DataFrame:
        """What may be sent of narratives.

        Args:
            run: of the build.
            frame: session_id and narrative, and whatever else stands beside them.

        Returns:
            The rows of sessions whose visitors have refused nothing, each narrative without the pages and event types
            that few people know.
        """
        asked = run.source(run.warehouse.relation(frame.select("session_id")))
        sendable = run.warehouse.read(
            f"select session_id from {run.source(self.sessions)} as sessions "
            f"where session_id in (select session_id from {asked} as asked)"
        )
        audience = Audience.read(
            run.warehouse.read(f"select page_key, text, is_known from {run.source(self.pages)} as p where is_known"),
            run.warehouse.read(f"select event_type, is_known from {run.source(self.event_types)} as t where is_known"),
        )
        kept = frame.join(sendable, on="session_id", how="semi", maintain_order="left")
        told = {narrative: audience.redact(narrative) for narrative in kept.get_column("narrative").unique()}
        return kept.with_columns(pl.col("narrative").replace_strict(told, return_dtype=pl.String))
