"""Hashes of erased people are the same in Python as in SQL, and cover what happened before."""

from datetime import datetime

import duckdb
import polars as pl

from clickintent.privacy.tombstones import as_number, customer_hash, visitor_hash, without_erased

DAY = datetime(2026, 3, 1)


def test_a_visitor_has_the_hash_that_the_macros_make():
    digest, number = duckdb.sql(
        "select md5(joined), cast('0x' || left(md5(joined), 15) as bigint) "
        "from (select concat_ws(chr(31), 's', 'default', 'web', 'vé') as joined)"
    ).fetchone()
    assert visitor_hash("s", "default", "web", "vé") == digest
    assert as_number(digest) == number


def test_rows_of_erased_people_are_left_out_up_to_their_erasure_and_nobody_elses():
    rows = {
        "of the visitor": ("x", "web", "v", None, DAY),
        "afterwards": ("x", "web", "v", None, DAY.replace(day=2)),
        "on another site": ("y", "web", "v", None, DAY),
        "of the customer": ("x", "web", "w", "c", DAY),
        "of the customer without a visitor": ("x", "web", None, "c", DAY),
        "of nobody": ("x", "web", None, None, DAY),
        "a customer of the visitor's id": ("x", "web", "w", "v", DAY),
    }
    events = pl.DataFrame(
        [(what, *row) for what, row in rows.items()],
        schema=["what", "site_id", "channel", "visitor_id", "customer_id", "loaded_at"],
        orient="row",
    )
    erasures = pl.DataFrame(
        {
            "person_kind": ["visitor", "customer"],
            "person_hash": [visitor_hash("demo", "x", "web", "v"), customer_hash("c")],
            "erased_before": [DAY, DAY],
        }
    )
    kept = without_erased(events, erasures, "demo")
    assert kept.columns == events.columns
    assert kept["what"].to_list() == ["afterwards", "on another site", "of nobody", "a customer of the visitor's id"]
    assert without_erased(events, erasures.clear(), "demo").equals(events)
