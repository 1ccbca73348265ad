"""Alignment, sensitive intents and stability, from a bank to a page of sentences."""

import pytest

from clickintent.report import write_report
from conftest import SHORT_TRAINING, SMALL_BANK, Project

TABLES = ("eval_platform_alignment", "eval_sensitive", "eval_stability")
# enough people for several intents to be common on both channels, before the split and after it
BANK = {**SMALL_BANK, "people": 3000}


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory, parsed):
    project = Project(
        tmp_path_factory.mktemp("evaluated"), parsed, {**SHORT_TRAINING, "demo": BANK, "min_page_visitors": 5}
    )
    project.run()
    # tests of other evaluations as well are left to builds that have those
    project.build("--indirect-selection", "cautious", "--select", *(f"+{table},tag:evaluation_fit" for table in TABLES))
    return project


@pytest.mark.slow
def test_every_table_is_built_on_what_came_after_the_split_and_told_on_a_page(evaluated, tmp_path):
    for table in TABLES:
        assert evaluated.query(f"select count(*) > 0, count(distinct split_at) from {table}") == [(True, 1)], table
    judged = evaluated.query("select count(*) from eval_sessions where not is_before_split and channel = 'app'")[0][0]
    told = evaluated.query(
        "select distinct n from eval_platform_alignment where metric = 'web_head_share' and model = 'embedding'"
    )
    assert 0 < told[0][0] <= judged
    encoders = evaluated.query("select version from eval_encoder_in_use")
    assert [evaluated.query(f"select distinct encoder_version from {table}") for table in TABLES] == [encoders] * 3

    write_report(evaluated.file, tmp_path)

    page = (tmp_path / "report.md").read_text()
    assert "they prove nothing about a bank" in page
    assert all(f"## {title}" in page for title in ("Do web and app sessions", "What can be read", "What stays"))


@pytest.mark.slow
def test_controls_are_at_chance_and_words_that_channels_share_are_not(evaluated):
    value = dict(
        evaluated.query(
            "select model, value from eval_platform_alignment "
            "where task = 'level_2' and metric = 'neighbours_of_same_intent'"
        )
    )
    (chance,) = evaluated.query(
        "select distinct value from eval_platform_alignment where task = 'level_2' and metric = 'neighbours_by_chance'"
    )[0]
    assert value["embedding"] > 1.5 * chance
    assert value["page counts"] < 1.3 * chance
    assert value["embedding, permuted labels"] < 1.3 * chance


@pytest.mark.slow
def test_another_build_tells_the_same(evaluated, tmp_path):
    again = evaluated.copy(tmp_path)
    again.run("--select", *TABLES)
    for table in TABLES:
        assert again.content(table, ("evaluated_at",)).equals(evaluated.content(table, ("evaluated_at",))), table


@pytest.mark.slow
def test_an_empty_run_fits_nothing_and_tells_nothing(evaluated, tmp_path):
    again = evaluated.copy(tmp_path)
    again.succeed("run", "--empty", "--select", *TABLES)
    assert [again.query(f"select count(*) from {table}") for table in TABLES] == [[(0,)]] * 3
