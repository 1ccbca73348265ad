"""Hashes of erased people are the same in Python as in SQL, and cover what happened before."""

from datetime import datetime

import duckdb
import polars as pl

from clickintent.privacy.tombstones import as_number, customer_hash, visitor_hash, without_erased, write_tombstones

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


def test_an_erasure_that_is_completed_keeps_what_it_has_taken_out_however_late_it_was():
    ahead = datetime(2100, 1, 1)
    with duckdb.connect() as connection:
        connection.execute(
            "create table erasures (person_hash varchar, person_kind varchar, erased_before timestamp, "
            "erased_at timestamp, erased_by varchar)"
        )
        write_tombstones(connection, [("a", "visitor"), ("b", "customer")], ahead, "first")
        write_tombstones(connection, [("a", "visitor"), ("c", "visitor")], None, "second")
        rows = connection.execute("select * exclude (erased_at) from erasures order by person_hash").fetchall()
        now = connection.execute("select max(erased_at) from erasures").fetchone()[0]
    assert rows == [
        ("a", "visitor", ahead, "second"),
        ("b", "customer", ahead, "first"),
        ("c", "visitor", now, "second"),
    ]
