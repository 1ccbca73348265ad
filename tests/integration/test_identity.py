"""A link comes with the load of the login, goes with the consent, and is the same however the events arrived."""

import polars as pl
import pytest

IDENTITY_TABLES = ("consent_withdrawals", "customer_sightings", "visitor_customers", "session_customers")

# visitor, event_at, customer_id, has_consent; one line, one session
FIRST_LOAD = """
signs in with a later load | 2026-03-08 10:00 |    | true
signs in with a later load | 2026-01-02 10:00 |    | true
signed in at once          | 2026-03-08 10:00 |    |
signed in at once          | 2026-03-09 10:00 | c2 |
withdraws                  | 2026-03-08 10:00 |    | true
withdraws                  | 2026-03-09 10:00 | c3 | true
withdraws out of order     | 2026-03-08 10:00 |    | true
withdraws out of order     | 2026-03-09 10:00 | c4 | true
consents again             | 2026-03-06 10:00 |    | true
consents again             | 2026-03-09 10:00 | c5 | true
shared device              | 2026-03-08 10:00 |    |
shared device              | 2026-03-09 10:00 | c6 |
"""
SECOND_LOAD = """
signs in with a later load | 2026-03-10 10:00 | c1 | true
withdraws                  | 2026-03-10 10:00 |    | true
consents again             | 2026-03-07 10:00 |    | false
shared device              | 2026-03-10 10:00 | c7 |
"""
THIRD_LOAD = """
withdraws                  | 2026-03-11 10:00 |    | false
signed in at once          | 2026-03-11 10:00 |    |
consents again             | 2026-03-07 12:00 |    | true
"""
# committed last, though loaded before the others
LATE_LOAD = """
withdraws out of order     | 2026-03-09 12:00 |    | false
"""


def arrive(project, loaded_at: str, lines: str) -> None:
    rows = [[field.strip() or None for field in line.split("|")] for line in lines.strip().split("\n")]
    events = pl.DataFrame(rows, schema=["visitor_id", "event_at", "customer_id", "has_consent"], orient="row")
    folder = project.folder / "events"
    folder.mkdir(exist_ok=True)
    events = events.with_columns(loaded_at=pl.lit(loaded_at), page_url=pl.lit("/home"))
    events.write_csv(folder / f"loaded {loaded_at}.csv")
    project.vars |= {"event_source": "generic", "events_path": str(folder / "*.csv")}


def build(project, *arguments: str) -> None:
    project.run("--select", "+session_customers", *arguments)


def linked(project) -> set[tuple[str, str, str, str]]:
    """visitor, start of the session, customer, known at."""
    return set(
        project.query(
            """
            select visitor_id, strftime(started_at, '%m-%d'), session_customers.customer_id, strftime(known_at, '%m-%d')
            from session_customers inner join sessions using (session_id)
            where how = 'linked'
            """
        )
    )


@pytest.mark.slow
def test_a_link_comes_with_the_login_and_goes_with_the_consent_in_increments_as_in_a_full_refresh(project):
    arrive(project, "2026-03-09 18:00", FIRST_LOAD)
    build(project)
    assert linked(project) == set(), "linking is off unless somebody says so"
    assert len(project.query("select 1 from session_customers where how = 'seen'")) == 5

    project.vars["link_visitors"] = True
    arrive(project, "2026-03-10 18:00", SECOND_LOAD)
    build(project)
    assert linked(project) == {
        ("signs in with a later load", "03-08", "c1", "03-10"),
        ("signed in at once", "03-08", "c2", "03-09"),
        ("withdraws", "03-08", "c3", "03-09"),
        ("withdraws", "03-10", "c3", "03-10"),
        ("withdraws out of order", "03-08", "c4", "03-09"),
    }

    arrive(project, "2026-03-11 18:00", THIRD_LOAD)
    arrive(project, "2026-03-09 20:00", LATE_LOAD)
    build(project)
    assert linked(project) == {
        ("signs in with a later load", "03-08", "c1", "03-10"),
        ("signed in at once", "03-08", "c2", "03-09"),
        ("signed in at once", "03-11", "c2", "03-11"),
        ("consents again", "03-07", "c5", "03-11"),
    }

    in_increments = {table: project.content(table) for table in IDENTITY_TABLES}
    build(project, "--full-refresh")
    for table in IDENTITY_TABLES:
        assert in_increments[table].height > 0, table
        assert in_increments[table].equals(project.content(table)), table
