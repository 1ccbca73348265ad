"""What SQL gets from `clickintent_embed` and `clickintent_intent`, over a small file with a build's version tables."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest
import torch
from safetensors.numpy import save
from test_encoder_synthetic import simulate
from test_stages_run import load

import clickintent.duckdb
from clickintent.classifier import load_classifier, predict
from clickintent.duckdb import BuiltFileError
from clickintent.encoder import EncoderConfig, SessionEncoder, embed_pages, encode
from clickintent.encoder.version import save_encoder
from clickintent.sequence_inputs import SEQUENCE_INPUTS

SEQUENCES = simulate(120, seed=4)
LEAVES = ["cards.find", "cards.pay", "homes.buy"]
EMBED = f"select session_id, clickintent_embed({', '.join(SEQUENCE_INPUTS)}) as embedding from session_sequences"
NO_SUCH = "no version of this name"


def encoder_of(seed):
    torch.manual_seed(seed)
    return SessionEncoder(EncoderConfig()).eval().requires_grad_(False)


ENCODER = encoder_of(1)
ENCODER_VERSION, WEIGHTS, CONFIG = save_encoder(ENCODER)
VECTORS = encode(SEQUENCES.sequences, ENCODER, embed_pages(SEQUENCES.pages, ENCODER))
EMBEDDINGS = SEQUENCES.sequences.select("session_id", "channel", embedding=pl.Series(VECTORS))


def classifier_row(version, encoder=ENCODER_VERSION, taxonomy="tax-1", seed=0, threshold=0.4):
    random = np.random.default_rng(seed)
    shapes = {"hidden_weight": (66, 16), "hidden_bias": 16, "output_weight": (16, 3), "output_bias": 3}
    config = {
        "intent_ids": LEAVES,
        "temperature": 0.8,
        "threshold": threshold,
        "encoder_version": encoder,
        "taxonomy_version": taxonomy,
    }
    weights = save({name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()})
    return {"version": version, "status": "current", "weights": weights, "config": json.dumps(config)}


def page_rows(encoder, version):
    vectors = embed_pages(SEQUENCES.pages, encoder)
    return pl.DataFrame(
        {
            "page_key": list(vectors),
            "encoder_version": version,
            "text_hash": "as simulated",
            "embedding": [vector.tolist() for vector in vectors.values()],
        }
    )


def fill(connection, classifier):
    """The version tables of a build, and sessions."""
    clocks = pl.col("hours", "weekdays").cast(pl.List(pl.Int32))
    load(connection, "session_sequences", SEQUENCES.sequences.with_columns(clocks))
    load(connection, "embedded", EMBEDDINGS)
    encoder = {"version": ENCODER_VERSION, "status": "current", "weights": WEIGHTS, "config": CONFIG}
    load(connection, "session_encoder", pl.DataFrame([encoder, encoder | {"version": NO_SUCH, "status": "retired"}]))
    load(connection, "page_embeddings", page_rows(ENCODER, ENCODER_VERSION))
    load(connection, "intent_classifier", pl.DataFrame([classifier]))
    load(connection, "intent_taxonomy", pl.DataFrame({"taxonomy_version": ["tax-1"], "status": ["active"]}))


@pytest.fixture
def file(tmp_path) -> Path:
    path = tmp_path / "built.duckdb"
    with duckdb.connect(str(path)) as connection:
        fill(connection, classifier_row("cls-1"))
    return path


@pytest.fixture
def connection(file):
    with clickintent.duckdb.connect(file) as connection:
        yield connection


@pytest.fixture
def written():
    """A database in memory, with the functions, whose versions may change."""
    with duckdb.connect() as connection:
        fill(connection, classifier_row("cls-1"))
        clickintent.duckdb.add_functions(connection)
        yield connection


def intents(connection, arguments="embedding, channel"):
    return connection.sql(f"select unnest(clickintent_intent({arguments})) from embedded order by session_id").pl()


def expected_intents(channels, row):
    ordered = EMBEDDINGS.with_columns(place=pl.int_range(pl.len())).sort("session_id")["place"]
    classifier = load_classifier(row["weights"], row["config"])
    probabilities = predict(VECTORS, channels, classifier)[ordered]
    best = np.argsort(-probabilities, axis=1, kind="stable")
    return [LEAVES[leaf] for leaf in best[:, 0]], [LEAVES[leaf] for leaf in best[:, 1]], probabilities.max(axis=1)


def test_an_intent_is_what_the_classifier_in_force_says(connection):
    first, second, probability = expected_intents(EMBEDDINGS["channel"].to_list(), classifier_row("cls-1"))
    found = intents(connection)
    assert found["intent_id"].to_list() == first
    assert found["runner_up_intent_id"].to_list() == second
    assert np.allclose(found["probability"], probability, atol=1e-5)
    assert found["is_abstained"].to_list() == (probability < 0.4).tolist()
    assert len(set(first)) > 1


@pytest.mark.parametrize("arguments", ["embedding", "embedding, null", "embedding, null::varchar"])
def test_without_a_channel_an_intent_is_that_of_a_session_of_neither(connection, arguments):
    first, _, probability = expected_intents([None] * len(VECTORS), classifier_row("cls-1"))
    found = intents(connection, arguments)
    assert found["intent_id"].to_list() == first
    assert np.allclose(found["probability"], probability, atol=1e-5)


@pytest.mark.parametrize("kind", ["float[]", "double[]", "double[64]"])
def test_embeddings_may_be_lists_and_of_double_numbers(connection, kind):
    assert intents(connection, f"embedding::{kind}, channel").equals(intents(connection))


def test_an_embedding_that_is_null_has_no_intent(connection):
    connection.execute(
        """
        create temp table every_third as
        select session_id, channel, if(rank % 3 > 0, embedding::float[], null)::float[64] as embedding
        from (select *, row_number() over (order by session_id) as rank from embedded)
        """
    )
    found = connection.sql(
        "select clickintent_intent(embedding, channel).intent_id from every_third order by session_id"
    ).fetchall()
    every = intents(connection)["intent_id"].to_list()
    assert found == [(intent_id if rank % 3 else None,) for rank, intent_id in enumerate(every, start=1)]
    assert connection.sql("select clickintent_intent(null), clickintent_intent(null, 'web')").fetchall() == [
        (None, None)
    ]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("clickintent_intent([1.0, 2.0])", "embeddings of 64 numbers"),
        ("clickintent_intent('web')", "embeddings of 64 numbers"),
        ("clickintent_intent(range(64)::float[64], 'tablet')", "channels web, app.*'tablet' is none of them"),
        ("clickintent_intent(list_resize([1.0, null], 64, 0.0))", "one of them is null"),
        ("clickintent_intent(embedding, channel, 3)", "3 values were given"),
    ],
)
def test_what_is_no_embedding_is_refused_by_what_it_should_be(connection, call, message):
    with pytest.raises(duckdb.Error, match=message):
        connection.sql(f"select {call} from embedded").fetchall()


def test_an_embedding_is_what_the_encoder_in_force_makes_of_a_sequence(connection):
    found = connection.sql(EMBED).pl().join(EMBEDDINGS, on="session_id", suffix="_expected")
    assert found.height == len(VECTORS)
    difference = found["embedding"].to_numpy() - found["embedding_expected"].to_numpy()
    assert np.abs(difference).max() < 1e-5


def test_more_rows_than_a_call_holds_come_back_in_their_places_from_all_threads(written):
    written.execute("set threads = 4")
    written.execute(
        "create table many as select copy, embedded.* from embedded cross join (from range(2100) as numbers (copy))"
    )
    wrong = written.sql(
        """
        select count(*) filter (where many.i is distinct from embedded.i), count(*)
        from (select session_id, clickintent_intent(embedding, channel).intent_id as i from many) as many
        inner join (select session_id, clickintent_intent(embedding, channel).intent_id as i from embedded) as embedded
            using (session_id)
        """
    ).fetchall()
    assert wrong == [(0, 2100 * len(VECTORS))]


def test_a_version_that_has_come_into_force_answers_once_the_functions_look_anew(written):
    before = intents(written)
    other = classifier_row("cls-2", seed=9)
    load(written, "intent_classifier", pl.DataFrame([classifier_row("cls-1") | {"status": "retired"}, other]))
    assert intents(written).equals(before)
    clickintent.duckdb.add_functions(written)
    assert intents(written)["intent_id"].to_list() == expected_intents(EMBEDDINGS["channel"].to_list(), other)[0]


def test_a_page_whose_text_has_changed_is_read_anew_once_the_functions_look_anew(file):
    with duckdb.connect(str(file)) as connection:
        clickintent.duckdb.add_functions(connection)
        before = connection.sql(EMBED).pl()
        connection.execute("update page_embeddings set embedding = list_reverse(embedding), text_hash = 'another text'")
        clickintent.duckdb.add_functions(connection.cursor())
        after = connection.sql(EMBED).pl().join(before, on="session_id")
    assert np.abs(after["embedding"].to_numpy() - after["embedding_right"].to_numpy()).max() > 1e-3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("update intent_classifier set status = 'candidate'", "no intent classifier in force.*dbt build"),
        ("drop table intent_classifier", "no table intent_classifier here.*dbt build"),
        ("update intent_taxonomy set taxonomy_version = 'tax-2'", "distilled for .* tax-1; in force are .* tax-2"),
        ("update session_encoder set version = 'enc-2' where status = 'current'", "distilled for .*in force are enc-2"),
    ],
)
def test_without_a_fitting_classifier_the_error_says_what_to_do(written, change, message):
    written.execute(change)
    with pytest.raises(duckdb.Error, match=message):
        intents(written)


def test_without_an_encoder_the_error_says_what_to_do(written):
    written.execute("update session_encoder set status = 'retired'")
    with pytest.raises(duckdb.Error, match="no encoder in force yet: run `dbt build`"):
        written.sql(EMBED).fetchall()
    with pytest.raises(duckdb.Error, match="no intent classifier in force"):
        intents(written)


def test_an_error_is_no_state_the_next_call_looks_again(written):
    written.execute("update intent_classifier set status = 'candidate'")
    with pytest.raises(duckdb.Error):
        intents(written)
    written.execute("update intent_classifier set status = 'current'")
    assert intents(written).height == len(VECTORS)


def test_of_several_schemas_with_versions_one_has_to_be_named(written):
    written.execute("create schema other")
    for table in ("session_encoder", "intent_classifier", "intent_taxonomy"):
        written.execute(f"create table other.{table} as from {table}")
    with pytest.raises(duckdb.Error, match="in the schemas main, other: say which with `schema`"):
        intents(written)
    load(written, "intent_classifier", pl.DataFrame([classifier_row("cls-2", seed=9)]))
    expected = {"main": classifier_row("cls-2", seed=9), "other": classifier_row("cls-1")}
    for schema, row in expected.items():
        clickintent.duckdb.add_functions(written, schema=schema)
        assert intents(written)["intent_id"].to_list() == expected_intents(EMBEDDINGS["channel"].to_list(), row)[0]


def test_a_second_connection_has_the_functions_when_the_first_is_closed(file):
    first = clickintent.duckdb.connect(file)
    second = clickintent.duckdb.connect(file)
    expected = intents(first)
    first.close()
    del first
    assert intents(second).equals(expected)
    second.close()
    with clickintent.duckdb.connect(file) as third:
        assert intents(third).equals(expected)


def test_functions_that_are_added_once_more_still_read_by_the_other_connections(file):
    first, second = clickintent.duckdb.connect(file), clickintent.duckdb.connect(file)
    expected = intents(first)
    clickintent.duckdb.add_functions(first)
    first.close()
    del first
    assert intents(second).equals(expected)
    second.close()


def test_a_schema_may_be_named_later_and_no_other_one_then(file):
    with clickintent.duckdb.connect(file) as first:
        expected = intents(first)
        with clickintent.duckdb.connect(file, schema="main") as second:
            assert intents(second).equals(expected)
        clickintent.duckdb.add_functions(first)  # what is not named changes nothing
        with pytest.raises(ValueError, match="with schema='main': close it first"):
            clickintent.duckdb.connect(file, schema="other")
        assert intents(first).equals(expected)


@pytest.mark.parametrize("is_closed", [True, False], ids=["closed", "let go"])
def test_the_functions_do_not_keep_a_file_open(file, is_closed):
    connection = clickintent.duckdb.connect(file)
    intents(connection)
    if is_closed:
        connection.close()
    del connection
    writer = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute('create table written as select 1')"
    done = subprocess.run([sys.executable, "-c", writer, str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_file_that_is_not_there_is_refused_with_what_to_do(tmp_path):
    with pytest.raises(BuiltFileError, match="dbt build"):
        clickintent.duckdb.connect(tmp_path / "none.duckdb")


def test_a_connection_of_connect_writes_nothing(connection):
    with pytest.raises(duckdb.Error, match="read-only"):
        connection.execute("delete from embedded")


def test_an_intent_needs_no_torch(file):
    script = f"""
import sys
import clickintent.duckdb_plugin
import clickintent.duckdb
with clickintent.duckdb.connect({str(file)!r}) as connection:
    assert "torch" not in sys.modules
    connection.sql("select clickintent_intent(embedding, channel) from embedded").fetchall()
    assert "torch" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_run_of_dbt_looks_anew_before_each_model(file):
    """A model of the run may have trained a version: dbt-duckdb configures a cursor for each."""
    from dbt.adapters.duckdb.credentials import DuckDBCredentials
    from dbt.adapters.duckdb.environments.local import LocalEnvironment

    credentials = DuckDBCredentials.from_dict(
        {
            "database": "built",
            "schema": "main",
            "path": str(file),
            "plugins": [{"module": "clickintent.duckdb_plugin"}],
        }
    )
    environment = LocalEnvironment(credentials)
    try:
        first = environment.handle()
        before = intents(first.cursor())
        other = classifier_row("cls-2", seed=9)
        load(first.cursor(), "intent_classifier", pl.DataFrame([other]))
        second = environment.handle()
        found = intents(second.cursor())
        assert not found.equals(before)
        assert found["intent_id"].to_list() == expected_intents(EMBEDDINGS["channel"].to_list(), other)[0]
        for handle in (first, second):
            handle.close()
    finally:
        environment.close()
