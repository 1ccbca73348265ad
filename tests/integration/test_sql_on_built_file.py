"""What people run against a built file: the SQL functions, by dbt and ad hoc, and every analysis."""

import json
from pathlib import Path

import pytest

import clickintent.duckdb
from clickintent.sequence_inputs import SEQUENCE_INPUTS

ROOT = Path(__file__).resolve().parents[2]
ANALYSES = sorted(path.stem for path in (ROOT / "analyses").glob("*.sql"))


@pytest.fixture
def connection(built_demo):
    with clickintent.duckdb.connect(built_demo.file) as connection:
        yield connection


def test_the_intent_function_says_of_every_session_what_the_build_said(connection):
    wrong = connection.sql(
        """
        select count(*), count(*) filter (
            where found.intent_id <> intents.intent_id
            or found.runner_up_intent_id <> intents.runner_up_intent_id
            or found.is_abstained <> intents.is_abstained
            or abs(found.probability - intents.probability) > 1e-5
        )
        from (select session_id, unnest(clickintent_intent(embedding, channel)) from session_embeddings) as found
        inner join session_intents as intents using (session_id)
        """
    ).fetchall()
    assert wrong == [(connection.table("session_intents").count("*").fetchall()[0][0], 0)]


def test_the_embedding_function_makes_of_every_session_what_the_build_made(connection):
    least, count = connection.sql(
        f"""
        select min(array_inner_product(found.embedding, embeddings.embedding)), count(*)
        from (
            select session_id, clickintent_embed({", ".join(SEQUENCE_INPUTS)}) as embedding
            from session_sequences where not is_bot
        ) as found
        inner join session_embeddings as embeddings using (session_id)
        """
    ).fetchall()[0]
    assert least > 1 - 1e-5
    assert count == connection.table("session_embeddings").count("*").fetchall()[0][0]


@pytest.mark.slow
def test_sql_models_may_call_the_functions(built_demo, tmp_path):
    # the unit tests call them through dbt-duckdb's own environment, too; this is the project's profile
    sql = """
        select count(*) as n, count(*) filter (where found.intent_id = intents.intent_id) as agreed
        from (
            select session_id, clickintent_intent(embedding, channel).intent_id as intent_id
            from {{ ref('session_embeddings') }}
        ) as found
        inner join {{ ref('session_intents') }} as intents on found.session_id = intents.session_id
    """
    told = built_demo.copy(tmp_path).succeed("-q", "show", "--output", "json", "--inline", sql)
    (row,) = json.loads(told[told.index("{") :])["show"]
    assert row["n"] == row["agreed"] > 0


def test_every_analysis_answers_on_a_built_file(built_demo, tmp_path):
    project = built_demo.copy(tmp_path)
    project.succeed("-q", "compile", "--select", "path:analyses")
    compiled = {path.stem: path.read_text() for path in (tmp_path / "target").glob("compiled/*/analyses/*.sql")}
    assert sorted(compiled) == ANALYSES
    with clickintent.duckdb.connect(project.file) as connection:
        for name, sql in compiled.items():
            assert connection.execute(sql).fetchall(), name
