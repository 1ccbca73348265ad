"""The store of calls: every call is a row that is written at once, and no answer is asked for twice."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import polars as pl

from clickintent.llm.chat import ChatOutcome, ChatRequest
from clickintent.warehouse import Warehouse

CALL_SCHEMA: Final[dict[str, type[pl.DataType] | pl.DataType]] = {
    "call_hash": pl.String,
    "purpose": pl.String,
    "model": pl.String,
    "answered_by": pl.String,
    "parameters": pl.String,
    "prompt_hash": pl.String,
    "taxonomy_version": pl.String,
    "request": pl.String,
    "response": pl.String,
    "items": pl.String,
    "status": pl.String,
    "error": pl.String,
    "prompt_tokens": pl.Int64,
    "completion_tokens": pl.Int64,
    "cost_usd": pl.Float64,
    "attempts": pl.Int64,
    "batch_id": pl.String,
    "called_at": pl.Datetime("us"),
}


_SHAPED_ALIKE: Final = "model = ? and parameters = ? and taxonomy_version is not distinct from ? and prompt_hash = ?"
"""Calls whose answers count for one another; `order by called_at, call_hash` is their order in time."""


@dataclass(frozen=True, slots=True)
class CallItem:
    """One thing that a call asks about.

    Attributes:
        item_hash: names it in the cache.
        narrative_hash: of the text that was sent for it; None where it is no session.
        answer: JSON value that was accepted for it; None where there is none.
        error: why there is none; None with an answer.
    """

    item_hash: str
    narrative_hash: str | None = None
    answer: Any = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class WaitingCall:
    """A call that waits in a batch; the payload of its request is the tuple of its `CallItem`s."""

    batch_id: str
    request: ChatRequest


class CallStore:
    """The table `llm_calls`, through a connection of its own: what is appended survives a failure of the build.

    Args:
        warehouse: of the build.
        table: name of the table in the warehouse.
    """

    def __init__(self, warehouse: Warehouse, table: str) -> None:
        self._warehouse = warehouse
        self._table = table

    def append(
        self, outcome: ChatOutcome, items: Sequence[CallItem], *, prompt_hash: str, taxonomy_version: str | None = None
    ) -> None:
        """Write a call down; it is committed when this returns.

        Args:
            outcome: of the call; one that was never sent is written too, and says so.
            items: what it asked about, each with its accepted answer.
            prompt_hash: of the prompt less the items.
            taxonomy_version: of the leaves that the prompt names, if it names any.
        """
        row = {
            "call_hash": outcome.call_hash,
            "purpose": outcome.request.purpose,
            "model": outcome.model,
            "answered_by": outcome.answered_by,
            "parameters": outcome.parameters,
            "prompt_hash": prompt_hash,
            "taxonomy_version": taxonomy_version,
            "request": outcome.request.text,
            "response": outcome.text,
            "items": json.dumps([asdict(item) for item in items], ensure_ascii=False),
            "status": outcome.status,
            "error": outcome.error,
            "prompt_tokens": outcome.prompt_tokens,
            "completion_tokens": outcome.completion_tokens,
            "cost_usd": outcome.cost_usd,
            "attempts": outcome.attempts,
            "batch_id": outcome.batch_id,
            "called_at": outcome.called_at,
        }
        self._warehouse.append_rows(self._table, pl.DataFrame([row], schema=CALL_SCHEMA))

    def answers(self, model: str, parameters: str, taxonomy_version: str | None, prompt_hash: str) -> dict[str, Any]:
        """Answers that were accepted before: item_hash -> answer, the latest of each item.

        Args:
            model: asked for.
            parameters: as in `LlmSettings`.
            taxonomy_version: as in `append`.
            prompt_hash: likewise.
        """
        rows = self._warehouse.read_committed(
            f"select items from {self._table} where {_SHAPED_ALIKE} order by called_at, call_hash",  # noqa: S608  # a name of dbt's
            [model, parameters, taxonomy_version, prompt_hash],
        )
        items: list[Mapping[str, Any]] = [item for text in rows["items"].drop_nulls() for item in json.loads(text)]
        return {item["item_hash"]: item["answer"] for item in items if item["answer"] is not None}

    def calls(
        self, purpose: str, model: str, parameters: str, taxonomy_version: str | None, prompt_hash: str
    ) -> Iterator[Mapping[str, Any]]:
        """Status and items of the calls of a purpose, the earliest first; the other arguments as of `answers`.

        One that waits in a batch and has lost its text to an erasure is never collected, so nobody waits for it either.
        """
        rows = self._warehouse.read_committed(
            f"""
            select status, items from {self._table}
            where {_SHAPED_ALIKE} and purpose = ? and (status <> 'submitted' or request is not null)
            order by called_at, call_hash
            """,  # noqa: S608
            [model, parameters, taxonomy_version, prompt_hash, purpose],
        )
        return rows.iter_rows(named=True)

    def waiting(self, model: str, parameters: str, taxonomy_version: str | None, prompt_hash: str) -> list[WaitingCall]:
        """Calls that were submitted in a batch and have not come to an end; arguments as of `answers`."""
        rows = self._warehouse.read_committed(
            f"""
            select batch_id, purpose, request, items from {self._table} as calls
            where {_SHAPED_ALIKE}
                and status = 'submitted' and request is not null
                and not exists (
                    select 1 from {self._table} as ended
                    where ended.call_hash = calls.call_hash and ended.batch_id = calls.batch_id
                        and ended.status != 'submitted'
                )
            order by called_at, call_hash
            """,  # noqa: S608
            [model, parameters, taxonomy_version, prompt_hash],
        )
        return [
            WaitingCall(batch_id, ChatRequest.read(purpose, request, tuple(CallItem(**i) for i in json.loads(items))))
            for batch_id, purpose, request, items in rows.iter_rows()
        ]

    def batch_ids(self) -> frozenset[str]:
        """Every batch that a call was ever submitted in."""
        rows = self._warehouse.read_committed(
            f"select distinct batch_id from {self._table} where batch_id is not null"  # noqa: S608
        )
        return frozenset(rows["batch_id"])
