"""Tombstones: the hashes by which `erasures` knows whom a build must not take in again."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import polars as pl

from clickintent.privacy.personal_tables import TOMBSTONES

if TYPE_CHECKING:
    import duckdb  # not there on Snowflake, where the rest of this file runs too

_SEPARATOR: Final = "\x1f"
"""Between the columns of a hash, as in the macro `stable_hash`: no value can hold it."""

_NUMBER_DIGITS: Final = 15
"""Hexadecimal digits of a hash that is a number, as in the macro `hash_number`."""


def visitor_hash(source: str, site_id: str, channel: str, visitor_id: str) -> str:
    """The hash of a visitor, as in `consent_withdrawals` and `erasures`."""
    return _md5(_SEPARATOR.join((source, site_id, channel, visitor_id)))


def customer_hash(customer_id: str) -> str:
    """The hash of a customer, as in `erasures`."""
    return _md5(customer_id)


def as_number(digest: str) -> int:
    """A hash as a number, as in `placed_events`."""
    return int(digest[:_NUMBER_DIGITS], 16)


def write_tombstones(
    connection: "duckdb.DuckDBPyConnection", hashes: Iterable[tuple[str, str]], last_row_at: datetime | None, by: str
) -> None:
    """Keep people out up to now, and up to their last row where a clock ran ahead.

    A tombstone that stands already never comes to reach less far: the rows that it was made for are gone by now.

    Args:
        connection: to a build, for writing.
        hashes: hash and kind of each person.
        last_row_at: UTC; None where no row of theirs is left.
        by: who decides it.
    """
    now = datetime.now(UTC).replace(tzinfo=None)
    for digest, kind in hashes:
        connection.execute(
            f"""
            merge into {TOMBSTONES} as known
            using (
                select $1 as person_hash, $2 as person_kind, $3::timestamp as erased_before, $4::timestamp as erased_at,
                    $5 as erased_by
            ) as new
                on known.person_hash = new.person_hash
            when matched then update set
                erased_before = greatest(known.erased_before, new.erased_before),
                erased_at = new.erased_at,
                erased_by = new.erased_by
            when not matched then insert by name
            """,
            [digest, kind, max(now, last_row_at or now), now, by],
        )


def without_erased(events: pl.DataFrame, erasures: pl.DataFrame, source: str) -> pl.DataFrame:
    """Rows of a source that no erasure covers.

    Args:
        events: site_id, channel, visitor_id, customer_id, loaded_at; of one source, each with a load time.
        erasures: rows of the table: person_kind, person_hash, erased_before.
        source: name of the source.
    """
    if erasures.is_empty():
        return events
    visitors = events.select("site_id", "channel", "visitor_id").unique().drop_nulls("visitor_id")
    customers = events.select("customer_id").unique().drop_nulls()
    hashed = (
        visitors.with_columns(person_hash=_hashes(visitor_hash(source, *visitor) for visitor in visitors.iter_rows())),
        customers.with_columns(person_hash=_hashes(customer_hash(customer) for (customer,) in customers.iter_rows())),
    )
    kept = events
    for kind, people in zip(("visitor", "customer"), hashed, strict=True):
        gone = people.join(erasures.filter(pl.col("person_kind") == kind), on="person_hash").drop(
            "person_hash", "person_kind"
        )
        key = [column for column in people.columns if column != "person_hash"]
        kept = (
            kept.join(gone, on=key, how="left", maintain_order="left")
            .filter((pl.col("loaded_at") > pl.col("erased_before")).fill_null(True))
            .drop("erased_before")
        )
    return kept


def _hashes(digests: Iterable[str]) -> pl.Series:
    return pl.Series(list(digests), dtype=pl.String)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
