"""`clickintent init`: what the names of columns tell, and that nothing of anybody's is replaced."""

import pytest
import yaml
from typer.testing import CliRunner

from clickintent.cli import app
from clickintent.starter import ColumnsError, StarterError, guess_columns, read_columns, write_starter


@pytest.mark.parametrize(
    ("columns", "mapped"),
    [
        pytest.param(
            ["user_pseudo_id", "event_timestamp", "event_name", "user_id"],
            {
                "event_at": "event_timestamp",
                "visitor_id": "user_pseudo_id",
                "customer_id": "user_id",
                "event_type": "event_name",
            },
            id="google_analytics",
        ),
        pytest.param(
            ["User_ID", "Timestamp", "Page"],
            {"event_at": "Timestamp", "page_url": "Page", "visitor_id": "User_ID"},
            id="signed_in_visitors_only",
        ),
        pytest.param(["visitor_id", "event_at", "event_type"], {}, id="names_of_the_contract"),
    ],
)
def test_columns_are_told_by_their_names(columns, mapped):
    guessed = guess_columns(columns)
    assert guessed.mapped == mapped
    assert guessed.missing == ()


def test_no_column_is_two_things():
    guessed = guess_columns(["id", "timestamp", "time", "url", "user_id", "event", "type"])
    assert len(set(guessed.mapped.values())) == len(guessed.mapped)
    assert set(guessed.unused) == {"id", "time", "type"}


def test_who_is_signed_in_is_the_visitor_only_where_nobody_else_is():
    guessed = guess_columns(["account_id", "user_id", "ts", "url"])
    assert (guessed.mapped["visitor_id"], guessed.mapped["customer_id"]) == ("user_id", "account_id")


def test_what_no_name_tells_is_said():
    assert guess_columns(["a", "b"]).missing == ("visitor_id", "event_at", "event_type or page_url")


@pytest.mark.parametrize(
    ("name", "told"),
    [("events.xlsx", "ends in none of"), ("none/*.csv", "cannot be read: IO Error: No files found")],
)
def test_files_that_cannot_be_read_are_told(tmp_path, name, told):
    with pytest.raises(ColumnsError, match=told):
        read_columns(str(tmp_path / name))


def test_a_starter_says_what_it_guessed_and_what_is_missing(tmp_path):
    events = tmp_path / "it's my.csv"
    events.write_text('ts,"who: #1",url\n2026-01-01,a,/b\n')
    folder = tmp_path / "shop"
    result = CliRunner().invoke(app, ["init", str(folder), "--events", str(events)])
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert "event_at is your ts" in said
    assert "visitor_id is needed" in said
    assert "not read: who: #1" in said
    project = yaml.safe_load((folder / "dbt_project.yml").read_text())
    assert project["name"] == project["profile"] == "shop"
    stated = project["vars"]["clickintent"]
    assert stated["events_path"] == str(events)
    assert stated["event_columns"] == {"event_at": "ts", "page_url": "url"}
    assert set(yaml.safe_load((folder / "profiles.yml").read_text())) == {"shop"}


def test_where_all_names_are_the_contracts_nothing_is_mapped(tmp_path):
    columns = guess_columns(["visitor_id", "event_at", "event_type"])
    write_starter(tmp_path / "shop", "shop", events_path="a.csv", columns=columns)
    project = yaml.safe_load((tmp_path / "shop" / "dbt_project.yml").read_text())
    assert project["vars"]["clickintent"]["event_columns"] == {}


def test_nothing_is_replaced(tmp_path):
    (tmp_path / "README.md").write_text("mine")
    with pytest.raises(StarterError, match=r"README\.md: already there"):
        write_starter(tmp_path, "shop")
    assert [file.name for file in tmp_path.iterdir()] == ["README.md"]
    assert (tmp_path / "README.md").read_text() == "mine"


@pytest.mark.parametrize("name", ["Shop", "9lives", "my-shop", "clickintent"])
def test_names_that_dbt_refuses_are_refused(tmp_path, name):
    with pytest.raises(StarterError, match="--name"):
        write_starter(tmp_path / "new", name)
    assert not (tmp_path / "new").exists()
