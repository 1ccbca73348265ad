"""A build of today takes over a file that an earlier commit built: nothing is lost, made anew or paid for again.

How the file was made is told in fixtures/earlier_build/README.md.
"""

from pathlib import Path

import duckdb
import polars as pl
import pytest

from conftest import Project
from label_model import label_by_hash
from llm_server import LlmServer

pytestmark = pytest.mark.slow

EARLIER = Path(__file__).parent / "fixtures" / "earlier_build"
TABLES = sorted(file.stem for file in EARLIER.glob("*.parquet"))
# as make.py has them, beside the fixture
VARS = {
    "min_training_sessions": 100,
    "min_coverage": 0.5,
    "demo": {"people": 300, "days": 30, "seed": 3, "linked": True},
    "labeler": "openai",
    "llm": {"model": "a-model", "backoff_seconds": 0.0},
    "min_page_visitors": 5,
    "label_share": 0.7,
}
# gold labels are a seed in people's own repository; what nobody had built yet has nothing to be upgraded
LEFT_OUT = ("gold_labels", "tag:evaluation", "tag:dashboard", "tag:ranking", "tag:semantic")
# sessions are scored anew since predictions have a column more
RECOMPUTED = {"session_intent_predictions": ("probabilities", "scored_at")}
SAME = 1e-5  # of numbers that are computed anew: rounding


def take_over(folder: Path, parsed: Path) -> Project:
    """The tables of the earlier build in a file of their own."""
    project = Project(folder, parsed, dict(VARS))
    with duckdb.connect(str(project.file)) as connection:
        connection.execute((EARLIER / "tables.ddl").read_text())
        for table in TABLES:
            connection.execute(f"insert into {table} from '{EARLIER / table}.parquet'")
    return project


def columns(project: Project, table: str) -> list[str]:
    return [column for column, *_ in project.query(f"describe {table}")]


@pytest.fixture(scope="module")
def earlier(tmp_path_factory, parsed) -> Project:
    return take_over(tmp_path_factory.mktemp("earlier"), parsed)


@pytest.fixture(scope="module")
def upgraded(earlier, tmp_path_factory):
    """The file after a build of today with all data tests, and the questions that a language model was asked."""
    project = earlier.copy(tmp_path_factory.mktemp("upgraded"))
    with LlmServer(label_by_hash) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_BASE_URL", server.url)
        patch.delenv("OPENAI_API_KEY", raising=False)
        project.build("--exclude", *LEFT_OUT)
        yield project, server.bodies


@pytest.mark.parametrize("table", TABLES)
def test_every_row_of_the_earlier_build_is_there_as_it_was(earlier, upgraded, table):
    project, _ = upgraded
    before = earlier.content(table, RECOMPUTED.get(table, ()))
    came_since = set(columns(project, table)) - set(columns(earlier, table))
    after = project.content(table, (*RECOMPUTED.get(table, ()), *came_since))
    assert before.height > 0 or table == "label_requests"
    assert after.select(sorted(after.columns)).equals(before.select(sorted(before.columns)))


def test_the_probabilities_of_intents_are_what_they_were(earlier, upgraded):
    project, _ = upgraded
    query = "select session_id, unnest(probabilities) from session_intent_predictions order by all"
    before, after = (pl.DataFrame(each.query(query), orient="row") for each in (earlier, project))
    assert before[:, 0].equals(after[:, 0])
    assert (before[:, 1] - after[:, 1]).abs().max() < SAME


def test_no_language_model_is_asked_what_it_was_asked_before(upgraded):
    _, asked = upgraded
    assert asked == []


def test_the_versions_that_were_in_force_are(upgraded):
    project, _ = upgraded
    in_force = project.query("select model_name, count(*) filter (is_current), count(*) from model_registry group by 1")
    assert sorted(in_force) == [("intent_classifier", 1, 2), ("session_encoder", 1, 2)]
    of_sessions = project.query("select distinct classifier_version, encoder_version from session_intents")
    current = project.query("select version from model_registry where is_current order by model_name")
    assert [tuple(version for (version,) in current)] == of_sessions


def test_an_encoder_of_before_embeds_as_it_did(earlier, upgraded, tmp_path):
    project = upgraded[0].copy(tmp_path)
    with duckdb.connect(str(project.file)) as connection:
        for table, key in (("page_embeddings", "page_key"), ("session_embedding_versions", "session_id")):
            connection.execute(f"delete from {table} where hash({key}) % 4 = 0")
    project.run("--select", "page_embeddings", "session_embedding_versions")
    query = "select session_id, encoder_version, unnest(embedding) from session_embedding_versions order by 1, 2"
    before, after = (pl.DataFrame(each.query(query), orient="row") for each in (earlier, project))
    assert before[:, :2].equals(after[:, :2])
    assert (before[:, 2] - after[:, 2]).abs().max() < SAME


def test_a_second_build_changes_nothing(upgraded):
    project, asked = upgraded
    first = {table: project.content(table) for table in project.tables()}
    project.run("--exclude", *LEFT_OUT)
    assert asked == []
    assert project.tables() == list(first)
    assert [table for table, content in first.items() if not project.content(table).equals(content)] == []
