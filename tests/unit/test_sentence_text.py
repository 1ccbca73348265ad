"""Page text by a text model: what an encoder keeps of it, what it reads when, and what it says where it cannot."""

import json
import string
import sys
from dataclasses import replace
from functools import cache
from types import SimpleNamespace

import duckdb
import numpy as np
import polars as pl
import pytest
from test_cli import one_sentence, run
from test_encoder_synthetic import simulate
from test_stages_run import build, load
from test_stages_versions import ENOUGH, SEQUENCES, fit, registered

from clickintent.encoder import (
    EncoderConfig,
    EncoderConfigError,
    SessionEncoder,
    TextModelError,
    embed_pages,
    encode,
    load_encoder,
    sentence_text,
    train_encoder,
)
from clickintent.encoder.config import SEEDED
from clickintent.encoder.page_text import hash_texts
from clickintent.encoder.sentence_text import SAMPLE_TEXT, SentenceTexts, read_sentences, with_text_model
from clickintent.registry import train_candidate
from clickintent.stages.session_embeddings import embed_changed_sessions, embed_new_pages

SYNTHETIC = simulate(600, seed=2)
WORDS = EncoderConfig(steps=4, batch_sessions=64, initial_weights=SEEDED)
DENSE = EncoderConfig(steps=4, batch_sessions=64, page_text="sentence-transformers", page_text_model="a-model")
DIM = 48
STORED = SEQUENCES.head(ENOUGH).with_columns(pl.col("hours", "weekdays").cast(pl.List(pl.Int32)))


class WordVectors:
    """Stands for a text model: the mean of a vector for each word, and a note of every text it read."""

    def __init__(self, dim=DIM, seed=1):
        self.dim = dim
        self.seed = seed
        self.read = []
        self.of = cache(self._of)

    def encode(self, texts):
        self.read += texts
        means = np.stack([np.mean([self.of(word) for word in text.split()], axis=0) for text in texts])
        return (means / np.linalg.norm(means, axis=1, keepdims=True)).astype(np.float32)

    def _of(self, word):
        return np.random.default_rng([self.seed, *word.encode()]).normal(size=self.dim)


def pretend(monkeypatch, models):
    """Load from a map of names instead of disk or hub."""

    def load_text_model(name):
        if name not in models:
            raise TextModelError(f"The text model {name!r} cannot be loaded.")
        return models[name]

    monkeypatch.setattr(sentence_text, "load_text_model", load_text_model)


@pytest.fixture
def model(monkeypatch):
    model = WordVectors()
    pretend(monkeypatch, {"a-model": model})
    return model


@pytest.fixture(scope="module")
def version():
    with pytest.MonkeyPatch.context() as monkeypatch:
        pretend(monkeypatch, {"a-model": WordVectors()})
        return train_encoder(SYNTHETIC.sequences, SYNTHETIC.pages, DENSE)


@pytest.fixture
def encoder(version):
    return load_encoder(version.weights, version.config)


# -- hashed words stay what they were ----------------------------------------------------------------------------------


def test_ngrams_that_training_never_met_keep_a_quiet_voice():
    version = train_encoder(SYNTHETIC.sequences, SYNTHETIC.pages, WORDS)
    weight = load_encoder(version.weights, version.config).page_text.bag.weight
    is_seen = np.isin(np.arange(len(weight)), hash_texts(SYNTHETIC.pages["text"].to_list(), len(weight)).buckets)
    assert float(weight[~is_seen].std()) == pytest.approx(0.3, abs=0.01)
    assert float(weight[is_seen].std()) == pytest.approx(1.0, abs=0.05)


# -- training and scoring ----------------------------------------------------------------------------------------------


def test_training_reads_each_distinct_text_once_however_many_steps_it_takes(model):
    train_encoder(SYNTHETIC.sequences, SYNTHETIC.pages, DENSE)
    seen = {key for keys in SYNTHETIC.sequences["page_keys"] for key in keys}
    texts = SYNTHETIC.pages.filter(pl.col("page_key").is_in(seen))["text"]
    assert texts.n_unique() < len(texts), "some pages should share a text"
    assert sorted(text for text in model.read if text != SAMPLE_TEXT) == sorted(texts.unique())


def test_the_version_carries_model_and_dimension_and_is_the_same_when_trained_again(model, version):
    config = json.loads(version.config)
    assert (config["page_text"], config["page_text_model"], config["page_text_dim"]) == (
        "sentence-transformers",
        "a-model",
        DIM,
    )
    assert EncoderConfig.from_json(version.config) == with_text_model(DENSE)
    again = train_encoder(SYNTHETIC.sequences.sample(fraction=1, shuffle=True, seed=5), SYNTHETIC.pages[::-1], DENSE)
    assert again.version == version.version


def test_the_projection_is_learned(model, encoder):
    first = SessionEncoder(encoder.config).page_text.project.weight.detach()
    assert encoder.page_text.project.weight.shape == (encoder.config.page_dim, DIM)
    assert float((encoder.page_text.project.weight - first).abs().max()) > 1e-3


def test_sessions_of_stored_pages_are_scored_without_the_text_model(model, encoder, monkeypatch):
    stored = embed_pages(SYNTHETIC.pages, encoder)
    pretend(monkeypatch, {})
    vectors = encode(SYNTHETIC.sequences, encoder, stored)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.std(vectors, axis=0).min() > 0


def test_pages_that_share_words_are_nearer_than_pages_that_do_not(model, encoder):
    first, near, far = encoder.embed_pages(["fixed mortgage rates", "mortgage rates tool", "branch opening hours"])
    assert first @ near > first @ far + 5


def test_a_page_without_a_stored_vector_is_read_by_the_words_of_its_key(model, encoder):
    session = SYNTHETIC.sequences.head(1).with_columns(page_keys=pl.lit(["/home-loans/fixedRate"]))
    session = session.with_columns(
        pl.col("event_types", "dwell_seconds", "gap_seconds", "hours", "weekdays", "event_values").list.head(1)
    )
    stored = embed_pages(
        pl.DataFrame({"page_key": ["/home-loans/fixedRate"], "text": ["home loans fixed rate"]}), encoder
    )
    assert np.array_equal(encode(session, encoder, {}), encode(session, encoder, stored))
    assert model.read[-1] == "home loans fixed rate"


def test_a_page_that_cannot_be_read_is_an_error_that_says_what_to_do(encoder, monkeypatch):
    pretend(monkeypatch, {})
    with pytest.raises(TextModelError, match=r"pages have no vector yet.*'a-model' cannot be loaded.*page_embeddings"):
        encode(SYNTHETIC.sequences, encoder, {})


def test_a_page_without_a_word_is_zero_and_asks_for_no_model(encoder, monkeypatch):
    pretend(monkeypatch, {})
    assert not encoder.embed_pages(["", None, "  "]).any()
    assert encoder.embed_pages([]).shape == (0, encoder.config.page_dim)


def test_a_site_with_too_few_sessions_gets_untrained_weights_that_score(model):
    version = train_encoder(SYNTHETIC.sequences.head(20), SYNTHETIC.pages, DENSE)
    assert version.metrics["is_trained"] is False
    encoder = load_encoder(version.weights, version.config)
    assert encode(SYNTHETIC.sequences, encoder, embed_pages(SYNTHETIC.pages, encoder)).any()


def test_some_numbers_of_each_text_are_left_out_in_training():
    texts = SentenceTexts(np.ones((200, DIM), dtype=np.float32))
    dropped = texts.dropped(0.25, np.random.default_rng(3)).vectors
    assert set(np.unique(dropped)) == {0.0, 1.0}
    assert dropped.mean() == pytest.approx(0.75, abs=0.02)
    assert len(np.unique(dropped, axis=0)) > 1
    assert np.array_equal(texts.dropped(0.0, np.random.default_rng(3)).vectors, texts.vectors)


def test_a_killed_training_with_other_texts_is_not_gone_on_with(model, tmp_path):
    def kill(step, steps, losses):
        if step == 3:
            raise KeyboardInterrupt

    file = tmp_path / "run.safetensors"
    config = replace(DENSE, evaluate_every=1)
    with pytest.raises(KeyboardInterrupt):
        train_encoder(SYNTHETIC.sequences, SYNTHETIC.pages, config, kill, file)
    steps = []
    retitled = SYNTHETIC.pages.with_columns(text=pl.col("text") + " retitled")
    train_encoder(SYNTHETIC.sequences, retitled, config, lambda step, *_: steps.append(step), file)
    assert steps[0] == 1


# -- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        ({"page_text": "bert"}, r"page_text_encoder is 'bert'.*'hashed' or 'sentence-transformers'"),
        ({"page_text": "sentence-transformers"}, r"set page_text_model to a hub name.*or to a local folder"),
        ({"page_text_model": "a-model"}, r"page_text_model is 'a-model'.*page_text_encoder to 'sentence-transformers'"),
    ],
    ids=["unknown", "no model named", "a model that nothing reads with"],
)
def test_a_choice_that_makes_no_reader_is_refused_by_the_name_of_its_var(choice, told):
    with pytest.raises(EncoderConfigError, match=told):
        EncoderConfig(**choice)


def test_an_encoder_cannot_be_made_before_the_dimension_is_known():
    with pytest.raises(EncoderConfigError, match=r"page_text_dim.*with_text_model"):
        SessionEncoder(DENSE)


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (WordVectors(dim=DIM // 2), rf"makes {DIM // 2} numbers of a text.*trained with {DIM}.*page_text_model"),
        (WordVectors(seed=2), r"does not read as the one did.*page_text_model.*clickintent train"),
    ],
    ids=["other dimension", "same dimension"],
)
def test_another_model_under_the_name_of_the_trained_one_is_refused(encoder, monkeypatch, other, told):
    pretend(monkeypatch, {"a-model": other})
    with pytest.raises(TextModelError, match=told):
        embed_pages(SYNTHETIC.pages, encoder)
    with pytest.raises(TextModelError, match=told):
        with_text_model(encoder.config)


def test_without_the_extra_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(TextModelError, match=r"page_text_model.*pip install 'clickintent\[text\]'"):
        sentence_text.load_text_model("never asked for before")


class Library:
    """Stands for sentence-transformers and its hub client, with a note of how each model was asked for."""

    def __init__(self, monkeypatch, *, cached, whole=True):
        self.asked = []
        self.whole = whole
        monkeypatch.setitem(sys.modules, "sentence_transformers", SimpleNamespace(SentenceTransformer=self.open))
        found = SimpleNamespace(try_to_load_from_cache=lambda *_: "modules.json" if cached else None)
        monkeypatch.setitem(sys.modules, "huggingface_hub", found)

    def open(self, name, local_files_only=False):
        self.asked.append("here" if local_files_only else "hub")
        if local_files_only and not self.whole:
            raise OSError("no weights")
        return SimpleNamespace(encode=lambda texts, **_: np.full((len(texts), 4), np.nan))


@pytest.mark.parametrize(
    ("cached", "whole", "asked"),
    [(False, True, ["hub"]), (True, True, ["here"]), (True, False, ["here", "hub"])],
    ids=["never downloaded", "downloaded", "a download that was cut off"],
)
def test_the_hub_is_asked_only_where_there_is_no_whole_copy(monkeypatch, cached, whole, asked):
    library = Library(monkeypatch, cached=cached, whole=whole)
    sentence_text.load_text_model(f"hub/model-{cached}-{whole}")
    assert library.asked == asked


def test_a_folder_is_never_looked_for_on_the_hub(monkeypatch, tmp_path):
    library = Library(monkeypatch, cached=False, whole=False)
    with pytest.raises(TextModelError, match=r"cannot be loaded \(no weights\)"):
        sentence_text.load_text_model(str(tmp_path))
    assert library.asked == ["here"]


def test_a_model_that_makes_no_numbers_of_a_text_is_refused(monkeypatch):
    Library(monkeypatch, cached=True)
    with pytest.raises(TextModelError, match=r"'hub/broken' makes NaN.*page_text_model"):
        with_text_model(replace(DENSE, page_text_model="hub/broken"))


# -- the stages of a build, and the command ----------------------------------------------------------------------------


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        load(connection, "pages", SYNTHETIC.pages)
        load(connection, "session_sequences", STORED)
        yield connection


def fit_dense(connection, **arguments):
    return fit(connection, page_text="sentence-transformers", page_text_model="a-model", **arguments)


def embed(connection):
    """One build of `page_embeddings` and of `session_embedding_versions`; how many rows each wrote."""
    pages, sequences, versions = map(connection.table, ("pages", "session_sequences", "session_encoder"))
    stages = {
        "page_embeddings": lambda run: embed_new_pages(run, pages, versions),
        "session_embedding_versions": lambda run: embed_changed_sessions(
            run, sequences, connection.table("page_embeddings"), versions
        ),
    }
    keys = {"page_embeddings": "page_key", "session_embedding_versions": "session_id"}
    return [build(connection, table, stage, key=keys[table]) for table, stage in stages.items()]


def test_a_build_reads_the_text_of_each_page_once_per_version_and_new_pages_alone_later(connection, model):
    fit_dense(connection)
    model.read.clear()
    assert embed(connection) == [len(SYNTHETIC.pages), ENOUGH]
    assert sorted(set(model.read)) == sorted({*SYNTHETIC.pages["text"], SAMPLE_TEXT})
    assert len(model.read) == len(set(model.read))
    model.read.clear()
    assert embed(connection) == [0, 0]
    assert model.read == []
    load(
        connection, "pages", pl.concat([SYNTHETIC.pages.head(1).with_columns(page_key=pl.lit("/new")), SYNTHETIC.pages])
    )
    assert embed(connection) == [1, 0]
    assert model.read == [SAMPLE_TEXT, SYNTHETIC.pages["text"][0]]


def test_the_encoder_in_force_keeps_its_own_reader_and_a_warning_says_how_to_change_it(connection, model, caplog):
    fit(connection)
    assert caplog.text == ""
    assert fit_dense(connection) == 0
    assert "reads page text by hashed words" in caplog.text
    asked = "`clickintent train --page-text-encoder sentence-transformers --page-text-model a-model`"
    assert caplog.text.count(asked) == 1
    assert model.read == []


def test_the_warning_works_the_other_way_too(connection, model, caplog):
    fit_dense(connection)
    assert fit_dense(connection) == 0
    assert caplog.text == ""
    assert fit(connection) == 0
    assert "reads page text by the text model a-model" in caplog.text
    assert "`clickintent train --page-text-encoder hashed`" in caplog.text


def test_a_changed_var_trains_where_the_rules_of_retrain_say_so(connection, model):
    fit(connection)
    fit_dense(connection, retrain="always")
    current, _ = registered(connection)
    assert json.loads(current["config"])["page_text_model"] == "a-model"


@pytest.fixture
def file(tmp_path, model):
    """A file whose encoder in force reads with a text model."""
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        load(connection, "pages", SYNTHETIC.pages)
        load(connection, "session_sequences", STORED)
        fit_dense(connection)
    return path


def reader_of_candidate(file):
    with duckdb.connect(str(file)) as connection:
        (config,) = connection.sql("select config from session_encoder where status = 'candidate'").fetchone()
    return EncoderConfig.from_json(config).page_text


TRAINING = ["--steps", "2", "--min-sessions", ENOUGH]


def test_the_command_reads_page_text_as_the_encoder_in_force_does(file):
    assert run("train", "--file", file, *TRAINING).exit_code == 0
    assert reader_of_candidate(file) == "sentence-transformers"


def test_the_command_reads_page_text_as_it_is_told(file):
    assert run("train", "--file", file, *TRAINING, "--page-text-encoder", "hashed").exit_code == 0
    assert reader_of_candidate(file) == "hashed"


def test_the_command_says_in_one_sentence_that_a_model_cannot_be_loaded(file):
    told = run(
        "train", "--file", file, *TRAINING, "--page-text-encoder", "sentence-transformers", "--page-text-model", "b"
    )
    assert "'b' cannot be loaded" in one_sentence(told)


def test_training_as_the_build_did_gives_its_version(file):
    config = replace(DENSE, steps=1, batch_sessions=EncoderConfig().batch_sessions, min_training_sessions=ENOUGH)
    assert train_candidate(file, config)["status"] == "current"


# -- the library itself ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A tiny model of sentence-transformers with random weights, that spells words by letters."""
    pytest.importorskip("sentence_transformers", reason="needs the extra: pip install 'clickintent[text]'")
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizer

    home = tmp_path_factory.mktemp("models")
    letters = string.ascii_lowercase + string.digits
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters)]
    (home / "vocab.txt").write_text("\n".join(vocabulary) + "\n")
    shape = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        bert = BertModel(BertConfig(vocab_size=len(vocabulary), max_position_embeddings=64, **shape))
    bert.save_pretrained(home / "bert")
    BertTokenizer(str(home / "vocab.txt")).save_pretrained(home / "bert")
    modules = [Transformer(str(home / "bert")), Pooling(16)]
    SentenceTransformer(modules=modules).save(str(home / "tiny"))
    return home / "tiny"


@pytest.fixture
def no_network(monkeypatch):
    import socket

    def refuse(*_):
        raise AssertionError("the network was asked for")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


def test_a_local_folder_is_read_without_network_trains_and_scores(folder, no_network):
    config = replace(DENSE, page_text_model=str(folder))
    version = train_encoder(SYNTHETIC.sequences, SYNTHETIC.pages, config)
    encoder = load_encoder(version.weights, version.config)
    assert encoder.config.page_text_dim == 16
    vectors = encode(SYNTHETIC.sequences, encoder, embed_pages(SYNTHETIC.pages, encoder))
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert train_encoder(SYNTHETIC.sequences, SYNTHETIC.pages, config).version == version.version


def test_a_text_has_the_same_vector_of_unit_length_whatever_is_read_beside_it(folder):
    config = with_text_model(replace(DENSE, page_text_model=str(folder)))
    alone = read_sentences(["home loan"], config).vectors
    beside = read_sentences(["a much longer text about something else", None, "home loan"], config).vectors
    assert np.linalg.norm(alone, axis=1) == pytest.approx(1, abs=1e-5)
    assert np.abs(alone[0] - beside[2]).max() < 1e-5
    assert not beside[1].any()


def test_a_folder_that_holds_no_model_is_told_in_one_line(folder, tmp_path, no_network):
    with pytest.raises(TextModelError, match=r"cannot be loaded.*page_text_model must name a local folder") as refused:
        sentence_text.load_text_model(str(tmp_path))
    assert "\n" not in str(refused.value)
