"""`clickintent doctor` on Snowflake: rights, build, versions and functions, asked of fakesnow.

fakesnow knows no functions, so what lists them is the stand-in of the deployment's tests.
"""

import polars as pl
import pytest
from emulated_session import write_rows
from emulator import DATABASE, SCHEMA

from clickintent.doctor.snowflake_schema import TRIAL, WANTED, examine_schema
from clickintent.snowflake.connection import Target, connected
from clickintent.snowflake.deployment import NO_CLASSIFIER, comment_of, package_hash
from clickintent.snowflake.errors import SnowflakeError
from clickintent.snowflake.naming import Place
from clickintent.snowflake.package_zip import package_zip
from clickintent.snowflake.versions import packaged_versions
from fake_snowflake import FakeSnowflake

PLACE = Place(DATABASE.lower(), SCHEMA.lower())
HERE = package_hash(package_zip())


class Account:
    """fakesnow, with functions, and with the power to refuse."""

    def __init__(self, connection):
        self.connection, self.functions, self.refused = connection, FakeSnowflake(), None

    def rows(self, sql):
        if self.refused and sql.startswith(self.refused):
            raise SnowflakeError(f"Snowflake refuses {self.refused} ...")
        return (self.functions if "information_schema.functions" in sql else self.connection).rows(sql)

    def deploy(self, *names, package=HERE):
        self.functions.add_function("CLICKINTENT_EMBED", ["array"], comment_of("0a1b", *names, package))

    def examined(self, place=PLACE):
        return {finding.name: finding for finding in examine_schema(self, place)}


@pytest.fixture(scope="module")
def connection(emulator):
    with connected(Target(emulator._login() | {"type": "snowflake", "warehouse": "WH"})) as connected_to:
        yield connected_to


@pytest.fixture
def empty(connection):
    yield Account(connection)
    for row in connection.rows(f"select table_name from information_schema.tables where table_schema = '{SCHEMA}'"):
        connection.rows(f"drop table {row['table_name']}")


@pytest.fixture(scope="module")
def encoder():
    return packaged_versions().encoder


@pytest.fixture
def built(empty, emulator, encoder):
    for table in WANTED:
        empty.rows(f"create table {table} as select 1 as n")
    versions = pl.DataFrame(
        {"VERSION": encoder.version, "STATUS": "current", "CONFIG": encoder.config, "WEIGHTS": encoder.weights}
    )
    with emulator.connect() as raw:
        write_rows(raw, "session_encoder", versions, "create")
        write_rows(raw, "intent_classifier", versions.with_columns(VERSION=pl.lit("cls-1")), "create")
    return empty


def test_a_schema_that_dbt_has_yet_to_make_is_told(empty):
    found = empty.examined(Place(DATABASE, "nowhere"))
    assert [finding.verdict for finding in found.values()] == ["warning"]
    assert "CLICKINTENT.NOWHERE" in found["schema"].found


def test_a_schema_without_a_build_or_a_deployment_says_what_to_do_first(empty):
    found = empty.examined()
    assert {name: finding.verdict for name, finding in found.items()} == {
        "schema": "good",
        "build": "warning",
        "functions": "bad",
    }
    assert "deploy" in found["functions"].advice


@pytest.mark.parametrize("kind", ["table", "view"])
def test_a_role_that_may_make_none_is_bad(empty, kind):
    empty.refused = "create transient table" if kind == "table" else "create view"
    found = empty.examined()["schema"]
    assert (found.verdict, f"create {kind}" in found.advice) == ("bad", True)


def test_nothing_of_the_trial_is_left(empty):
    empty.examined()
    listed = empty.rows("select table_name from information_schema.tables")
    assert [row["table_name"] for row in listed if row["table_name"].startswith(TRIAL)] == []


def test_a_whole_build_with_functions_by_its_versions_is_good(built, encoder):
    built.deploy(encoder.version, "cls-1")
    found = built.examined()
    assert {finding.verdict for finding in found.values()} == {"good"}, found
    assert found["build"].found == "1 sessions in CLICKINTENT.ANALYTICS"
    assert list(found) == ["schema", "build", "session_encoder", "intent_classifier", "functions"]


def test_a_table_that_a_broken_build_did_not_make_is_named(built):
    built.rows("drop table session_labels")
    found = built.examined()["build"]
    assert (found.verdict, found.found) == ("warning", "CLICKINTENT.ANALYTICS lacks session_labels")


def test_an_encoder_that_this_package_cannot_read_is_bad(built):
    built.rows("update session_encoder set config = '{}'")
    assert built.examined()["session_encoder"].verdict == "bad"


@pytest.mark.parametrize(
    ("names", "package", "told"),
    [
        (("enc-of-this", "cls-1"), "0" * 12, "another clickintent"),
        (("enc-before", "cls-1"), HERE, "they answer by cls-1, enc-before, not by enc-"),
        (("enc-of-this", NO_CLASSIFIER), HERE, "not by cls-1"),
    ],
)
def test_functions_of_another_package_or_of_earlier_versions_are_told(built, encoder, names, package, told):
    built.deploy(*(name.replace("enc-of-this", encoder.version) for name in names), package=package)
    found = built.examined()["functions"]
    assert found.verdict == "warning"
    assert told in found.found


def test_functions_of_a_clickintent_that_told_no_package_are_told(built):
    built.functions.add_function("CLICKINTENT_EMBED", ["array"], "clickintent 0a1b: enc-1, cls-1")
    assert "another clickintent" in built.examined()["functions"].found
