"""A taxonomy by a language model in the warehouse: what it may read, what comes into force, what a rerun costs."""

import json
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest
from test_stages_run import build, load
from test_taxonomy_overrides import BASE, rows
from typer.testing import CliRunner

from clickintent.cli import app
from clickintent.llm import LlmSettingsError
from clickintent.stages.sending import Sending
from clickintent.stages.taxonomy import settle_taxonomy
from clickintent.stages.taxonomy_drafts import DraftSettings
from clickintent.stages.taxonomy_sample import SessionInputs
from clickintent.stages.versions import FIRST_VERSION
from clickintent.taxonomy import TaxonomyError
from clickintent.taxonomy.content import read_intents
from llm_requests import create_call_table
from llm_server import LlmServer, failing
from taxonomy_model import make_taxonomy, sessions_of

SUBJECTS = ("cards", "loans", "savings", "transfer", "mortgage", "hardship")
IDS = [f"{number:032x}" for number in range(600)]
ENCODER = "enc-1"
PROJECT = Path(__file__).resolve().parents[2]


def sessions():
    """Six kinds of sessions, each about pages of one subject; a page of its own in each, that nobody else has seen."""
    pages = [[f"/{SUBJECTS[n % 6]}/page{n % 5}", f"/private/of-{n}"] for n in range(len(IDS))]
    return pl.DataFrame(
        {
            "session_id": IDS,
            "source": "s",
            "site_id": "default",
            "visitor_id": IDS,
            "channel": ["app" if n % 3 == 0 else "web" for n in range(len(IDS))],
            "is_bot": False,
            "page_keys": pages,
            "narrative": [
                f"{'app' if n % 3 == 0 else 'web'} session, 2 events\n"
                f"- {SUBJECTS[n % 6]} page{n % 5} | {n % 50 + 9 if n < 500 else 700}s\n- private of {n}"
                for n in range(len(IDS))
            ],
        }
    )


def embeddings():
    chance = np.random.default_rng(5)
    centres = chance.normal(size=(6, 64))
    vectors = np.array([centres[n % 6] + chance.normal(scale=0.2, size=64) for n in range(len(IDS))])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    schema = {"session_id": pl.String, "encoder_version": pl.String, "embedding": pl.Array(pl.Float32, 64)}
    return pl.DataFrame({"session_id": IDS, "encoder_version": ENCODER, "embedding": vectors}, schema=schema)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "warehouse.duckdb"


@pytest.fixture
def connection(file):
    with duckdb.connect(str(file)) as connection:
        load(connection, "taxonomy_overrides", rows())
        load(connection, "session_narratives", sessions().select("session_id", "channel", "narrative"))
        load(connection, "session_sequences", sessions().drop("narrative"))
        load(connection, "session_embedding_versions", embeddings())
        load(connection, "encoder_versions_in_use", pl.DataFrame({"version": [ENCODER], "is_current": True}))
        load(connection, "sendable_sessions", pl.DataFrame({"session_id": IDS[:500]}))
        common = [f"{subject} page{n}" for subject in SUBJECTS for n in range(5)]
        rare = [f"private of {n}" for n in range(len(IDS))]
        pages = pl.DataFrame({"page_key": [f"/{text.replace(' ', '/')}" for text in common + rare]})
        pages = pages.with_columns(text=pl.Series(common + rare), is_known=pl.Series([True] * 30 + [False] * len(IDS)))
        load(connection, "page_audience", pages)
        load(connection, "event_type_audience", pl.DataFrame({"event_type": ["page_view"], "is_known": [True]}))
        prices = {"model": "m", "usd_per_million_prompt_tokens": 1.0, "usd_per_million_completion_tokens": 2.0}
        load(connection, "llm_prices", pl.DataFrame(prices))
        create_call_table(connection)
        connection.execute("set variable clickintent_table_llm_calls = 'llm_calls'")
        yield connection


def settle(connection, server=None, *, source="llm", max_intents=35, **llm):
    """Build taxonomy_versions; returns its rows, the one in force first."""
    url = server.url if server else "http://127.0.0.1:9/v1"
    var = {"model": "m", "base_url": url, "backoff_seconds": 0.0, "max_attempts": 2, **llm}
    table = connection.table
    audience = table("page_audience"), table("event_type_audience")
    inputs = SessionInputs(
        table("session_narratives"),
        table("session_sequences"),
        table("session_embedding_versions"),
        table("encoder_versions_in_use"),
        Sending(var, table("sendable_sessions"), *audience, table("llm_prices")),
    )
    settings = DraftSettings(max_intents, 1)

    def stage(run):
        return settle_taxonomy(run, BASE, table("taxonomy_overrides"), inputs, source=source, settings=settings)

    build(connection, "taxonomy_versions", stage, key="taxonomy_version")
    found = pl.from_arrow(connection.sql("from taxonomy_versions order by status, taxonomy_version").to_arrow_table())
    return found.to_dicts()


def test_the_first_proposal_comes_into_force_with_its_figures_and_its_making(connection):
    with LlmServer(make_taxonomy) as server:
        [row] = settle(connection, server, max_intents=20)
    assert (row["status"], row["source"], row["approved_by"]) == ("current", "llm", FIRST_VERSION)
    assert row["encoder_version"] == ENCODER
    taxonomy = read_intents(row["taxonomy_version"], row["intents"])
    assert {leaf.name for leaf in taxonomy.leaves} == {f"Look into {subject}" for subject in SUBJECTS}
    figures = {figure["metric"]: figure["value"] for figure in json.loads(row["quality"])}
    assert figures["heldout_coverage"] == figures["prompt_agreement"] == 1.0
    assert figures["labelled_share"] > 0.9
    config = json.loads(row["config"])
    assert (config["max_intents"], config["llm"]["model"], config["llm"]["start"]) == (20, "m", "sessions")


def test_neither_people_who_refused_nor_rare_pages_are_read_by_the_model(connection):
    with LlmServer(make_taxonomy) as server:
        settle(connection, server)
    sent = {text for body in server.bodies for text in sessions_of(body)}
    assert sent
    assert not any("private" in text for text in sent)
    # their pages are known: only consent keeps them back
    of_refusers = {f"- mortgage page{n % 5} | 700s" for n in range(5)}
    assert not any(line in text for text in sent for line in of_refusers)
    assert connection.sql("select count(*) from llm_calls where request like '%private%'").fetchone() == (0,)


def test_a_build_after_it_asks_nothing(connection):
    with LlmServer(make_taxonomy) as server:
        first = settle(connection, server)
        before = len(server.bodies)
        assert settle(connection, server) == first
        connection.execute("drop table taxonomy_versions")
        # even where the table is lost, what was answered is not paid for again
        [again] = settle(connection, server)
    assert len(server.bodies) == before
    assert again["intents"] == first[0]["intents"]


def test_a_build_that_fails_in_the_middle_keeps_what_was_answered(connection):
    with LlmServer(make_taxonomy, faults=[None, None, *[failing()] * 2]) as server:
        with pytest.raises(TaxonomyError, match="The proposal of a taxonomy stops at taxonomy_update"):
            settle(connection, server, taxonomy={"batch_sessions": 20})
        paid = connection.sql("select count(*) from llm_calls where status = 'ok'").fetchone()[0]
        connection.execute("drop table if exists taxonomy_versions__new")
        settle(connection, server, taxonomy={"batch_sessions": 20})
    assert paid == 2
    generated = [body for body in server.bodies if "taxonomy_generate" in str(body["response_format"])]
    assert len(generated) == 1


def test_starting_from_clusters_asks_once_for_their_names(connection):
    with LlmServer(make_taxonomy) as server:
        [row] = settle(connection, server, taxonomy={"start": "clusters", "heldout_sessions": 0})
    assert len(server.bodies) == 1
    taxonomy = read_intents(row["taxonomy_version"], row["intents"])
    assert all(leaf.name.startswith("Look into ") for leaf in taxonomy.leaves)
    assert json.loads(row["config"])["llm"]["start"] == "clusters"


def test_a_title_that_few_have_seen_names_no_draft_though_many_have_seen_its_page(connection):
    connection.execute("update page_audience set is_known = false where text like 'cards%'")
    [row] = settle(connection, source="clusters")
    said = " ".join(f"{i['name']} {i['description']} {i['keywords']}" for i in json.loads(row["intents"])).lower()
    assert "loans" in said
    assert "cards" not in said


def test_a_wrong_setting_stops_the_build_in_a_sentence(connection):
    with pytest.raises(LlmSettingsError, match=r"llm\.temperature is 9"):
        settle(connection, temperature=9)
    with pytest.raises(TaxonomyError, match=r"llm\.taxonomy\.near is 0"):
        settle(connection, taxonomy={"near": 0})


def test_the_command_proposes_another_one_which_waits(connection, file):
    def in_other_words(body):
        return json.loads(json.dumps(make_taxonomy(body)).replace("what belongs", "all that belongs"))

    with LlmServer(make_taxonomy) as server:
        [first] = settle(connection, server)
    connection.close()
    with LlmServer(in_other_words) as server:
        llm = {"model": "another", "base_url": server.url, "taxonomy": {"heldout_sessions": 0}}
        arguments = ["--file", str(file), "--vars", json.dumps({"llm": llm}), "--project-dir", str(PROJECT)]
        proposed = CliRunner().invoke(app, ["taxonomy", "propose", "--source", "llm", *arguments])
    assert proposed.exit_code == 0, proposed.output
    with duckdb.connect(str(file)) as later:
        found = later.sql("select status, taxonomy_version, intents from taxonomy_versions order by status").fetchall()
        calls = later.sql("select count(*) from llm_calls where model = 'another'").fetchone()
    assert calls == (len(server.bodies),)
    assert [status for status, _, _ in found] == ["current", "proposed"]
    assert found[0][1] == first["taxonomy_version"]
    current, waiting = ({i["intent_id"]: i["description"] for i in json.loads(row[2])} for row in found)
    assert set(waiting) == set(current)
    assert waiting["cards.look_into_cards"] == "The visitor came for cards and all that belongs to it."


def test_the_command_says_in_a_sentence_what_is_wrong(connection, file):
    with LlmServer(make_taxonomy) as server:
        settle(connection, server)
    connection.close()
    arguments = ["--file", str(file), "--project-dir", str(PROJECT), "--vars", "{llm: {model: ''}}"]
    refused = CliRunner().invoke(app, ["taxonomy", "propose", *arguments])
    assert refused.exit_code == 1
    assert "llm.model is '': it has to be the name of a model." in refused.output
