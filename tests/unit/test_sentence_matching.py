"""The embedded labeler beside a text model; stand-ins show what it does with one, no trained model is run."""

from functools import cache

import duckdb
import numpy as np
import polars as pl
import pytest
from test_embedded_labeler import CAR, HOUSE, TAXONOMY
from test_sentence_text import DENSE, WordVectors, folder, no_network, pretend
from test_stages_run import StandInDbt, load

from clickintent.encoder import EncoderConfig
from clickintent.encoder.sentence_text import with_text_model
from clickintent.labeling import EmbeddedLabeler
from clickintent.labeling.sentence_matching import MatcherBlend, SentenceMatcher
from clickintent.stages.labelers import ConfiguredSentences, embedding_labeler
from clickintent.stages.run import Run

__all__ = ["folder", "no_network"]

SYNONYMS = {"flat": "house", "automobile": "car", "vessel": "boat"}


class Synonyms:
    """Stands for a text model that knows which words mean the same: a direction for each meaning."""

    name = "synonyms"

    def __init__(self):
        self.read_count = 0

    def read(self, texts):
        self.read_count += len(texts)
        sums = np.stack([sum((self._of(word) for word in text.split()), np.zeros(64)) for text in texts])
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        return (sums / np.where(lengths > 0, lengths, 1.0)).astype(np.float32)

    @staticmethod
    @cache
    def _of(word):
        return np.random.default_rng([1, *SYNONYMS.get(word, word).encode()]).normal(size=64)


class Fixed:
    """A matcher with given scores."""

    def __init__(self, *scores):
        self.scores = np.array([scores], dtype=np.float32)

    def score(self, lines):
        return self.scores[: len(lines)]


def best(matcher, line):
    return TAXONOMY.leaf_ids[int(matcher.score([line]).argmax())]


def test_a_line_in_words_that_the_taxonomy_lacks_finds_the_leaf_that_means_the_same():
    narrative = "web session, 1 event\n- flat"
    assert EmbeddedLabeler(TAXONOMY).label([narrative], ["web"])[0].status == "abstained"
    beside = EmbeddedLabeler(TAXONOMY, sentences=Synonyms())
    assert beside.guess([narrative]).intent_ids == ["loans.house"]
    assert best(SentenceMatcher(TAXONOMY.leaves, Synonyms()), "vessel") == "loans.boat"


def test_what_a_line_has_in_common_with_every_leaf_counts_for_none():
    scores = SentenceMatcher(TAXONOMY.leaves, Synonyms()).score(["loan", "vessel loan"])
    assert scores.shape == (2, 3)
    assert (scores >= 0).all()
    assert (scores <= 1).all()
    assert (scores.min(axis=1) == 0).all()


def test_a_line_without_words_scores_zero_and_no_line_gives_no_row():
    matcher = SentenceMatcher(TAXONOMY.leaves, Synonyms())
    assert not matcher.score([""]).any()
    assert matcher.score([]).shape == (0, 3)


def test_a_blend_is_the_mean_of_both_by_the_share_of_the_second():
    blend = MatcherBlend(Fixed(1.0, 0.0), Fixed(0.0, 0.5), 0.25)
    assert blend.score(["a line"])[0] == pytest.approx([0.75, 0.125])


def test_the_model_is_not_asked_before_there_is_a_session_to_label_and_then_once_for_the_leaves():
    reader = Synonyms()
    labeler = EmbeddedLabeler(TAXONOMY, sentences=reader)
    assert labeler.label([], []) == []
    assert reader.read_count == 0
    labeler.label([CAR], ["web"])
    phrases_and_lines = reader.read_count
    labeler.label([HOUSE], ["web"])
    assert 0 < reader.read_count - phrases_and_lines < phrases_and_lines / 2, "phrases are read once"


def test_the_labeler_that_reads_by_a_model_is_another_one():
    alone, beside = EmbeddedLabeler(TAXONOMY), EmbeddedLabeler(TAXONOMY, sentences=Synonyms())
    renamed = Synonyms()
    renamed.name = "another"
    assert len({alone.model, beside.model, EmbeddedLabeler(TAXONOMY, sentences=renamed).model}) == 3
    assert "sentences" in beside.model
    assert "sentences" not in alone.model


# -- in a build: the model that reads page text for the encoder in force ----------------------------------------------


def in_build(*rows):
    schema = {"status": pl.String, "config": pl.String}
    with duckdb.connect() as connection:
        load(connection, "session_encoder", pl.DataFrame(list(rows), schema=schema, orient="row"))
        run = Run(StandInDbt("session_labels", is_incremental=False), connection)
        return embedding_labeler(run, TAXONOMY, connection.table("session_encoder"))


def test_an_encoder_that_reads_hashed_words_leaves_the_labeler_to_tf_idf():
    plain = EmbeddedLabeler(TAXONOMY).model
    assert in_build().model == plain
    assert in_build(("current", EncoderConfig().to_json())).model == plain


def test_the_model_of_the_encoder_in_force_reads_for_the_labeler(monkeypatch):
    model = WordVectors()
    pretend(monkeypatch, {"a-model": model})
    dense = with_text_model(DENSE).to_json()
    labeler = in_build(("retired", EncoderConfig().to_json()), ("current", dense))
    assert "sentences" in labeler.model
    model.read.clear()
    assert labeler.guess([HOUSE]).intent_ids == ["loans.house"]
    assert "mortgage rate today" in model.read
    assert in_build(("candidate", dense)).model == EmbeddedLabeler(TAXONOMY).model


def test_a_tiny_random_model_of_the_library_labels(folder, no_network):
    from dataclasses import replace

    config = with_text_model(replace(DENSE, page_text_model=str(folder)))
    labeler = EmbeddedLabeler(TAXONOMY, sentences=ConfiguredSentences(config))
    assert labeler.guess([CAR, HOUSE]).intent_ids == ["loans.car", "loans.house"]
