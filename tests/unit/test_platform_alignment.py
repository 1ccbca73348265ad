"""Do channels meet? Made-up sessions of which the answer is known, and controls that must fall to chance."""

import hashlib
from contextlib import contextmanager
from dataclasses import replace

import duckdb
import numpy as np
import polars as pl
import pytest
from test_stages_run import StandInDbt, empty_run, load

from clickintent.encoder import EncoderConfig, train_encoder
from clickintent.evaluation.alignment import ChannelSessions, app_neighbours, channel_probe, head_transfer
from clickintent.evaluation.figures import FIGURE_SCHEMA
from clickintent.evaluation.neighbours import nearest_rows
from clickintent.evaluation.representations import mean_page_text, page_counts, with_words_of_its_own
from clickintent.stages.judged_sessions import JudgedInputs, read_judged_sessions
from clickintent.stages.platform_alignment import ToldInputs, channel_sessions, evaluate_platform_alignment
from clickintent.stages.run import Run

INTENTS, SESSIONS = 4, 1600
GROUPS = np.array([0, 0, 1, 2])


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def sessions_of(random, app_shares=(0.7, 0.1, 0.1, 0.1)):
    """Web sessions of equally common intents, app sessions mostly of the first."""
    is_app = np.arange(SESSIONS) % 2 == 1
    intents = np.where(is_app, random.choice(INTENTS, SESSIONS, p=app_shares), random.integers(0, INTENTS, SESSIONS))
    is_train = random.random(SESSIONS) < 0.5
    return ChannelSessions(is_app, intents, GROUPS, random.integers(0, 500, SESSIONS), is_train, ~is_train)


def features_of(random, sessions, *, shift=0.0, is_disjoint=False):
    """Intents as directions; the app apart by a shift, or along directions of its own."""
    place = sessions.intents + (INTENTS * sessions.is_app if is_disjoint else 0)
    vectors = np.eye(2 * INTENTS + 1)[place] + random.normal(scale=0.35, size=(SESSIONS, 2 * INTENTS + 1))
    vectors[:, -1] += shift * sessions.is_app
    return unit(vectors)


@pytest.fixture
def random():
    return np.random.default_rng(5)


def named(parts):
    return {(part.level, part.segment, name): told for part in parts for name, told in part.figures.items()}


def test_where_channels_are_alike_the_web_head_does_as_well_and_no_probe_tells_them_apart(random):
    sessions = sessions_of(random)
    features = features_of(random, sessions)

    heads, near = named(head_transfer(features, sessions)), named(app_neighbours(features, sessions))
    probe = channel_probe(features, sessions).figures["channel_auroc_within_intent"]

    for level in (1, 2):
        for segment in ("all", "equal intents"):
            share = heads[level, segment, "web_head_share"]
            assert share.low < share.value < share.high
            assert share.value == pytest.approx(1, abs=0.06)
            web, app = (heads[level, segment, f"macro_f1_of_{head}_head"].value for head in ("web", "app"))
            assert share.value == pytest.approx(web / app)
        assert near[level, "equal intents", "neighbours_of_same_intent"].value > 0.75
    assert near[1, "equal intents", "neighbours_by_chance"].value == pytest.approx(1 / 3)
    assert near[2, "equal intents", "neighbours_by_chance"].value == pytest.approx(1 / 4)
    assert probe.low < 0.5 < probe.high


def test_a_shift_between_channels_is_what_the_probe_sees_and_the_heads_forgive(random):
    sessions = sessions_of(random)
    features = features_of(random, sessions, shift=1.5)

    assert channel_probe(features, sessions).figures["channel_auroc_within_intent"].value > 0.95
    assert named(head_transfer(features, sessions))[2, "equal intents", "web_head_share"].value > 0.9


def test_channels_without_a_common_direction_are_at_chance(random):
    sessions = sessions_of(random)
    features = features_of(random, sessions, is_disjoint=True)

    heads, near = named(head_transfer(features, sessions)), named(app_neighbours(features, sessions))

    assert heads[2, "equal intents", "macro_f1_of_app_head"].value > 0.9
    assert heads[2, "equal intents", "macro_f1_of_web_head"].value < 0.3
    assert near[2, "equal intents", "neighbours_of_same_intent"].value == pytest.approx(1 / INTENTS, abs=0.1)


def test_permuted_intents_and_permuted_channels_are_at_chance(random):
    sessions = sessions_of(random)
    features = features_of(random, sessions, shift=1.5)
    dealt = sessions.permuted(random)

    heads, near = named(head_transfer(features, dealt)), named(app_neighbours(features, dealt))
    probe = channel_probe(features, sessions, random).figures["channel_auroc_within_intent"]

    assert heads[2, "equal intents", "macro_f1_of_app_head"].value < 0.35
    assert near[2, "equal intents", "neighbours_of_same_intent"].value == pytest.approx(1 / INTENTS, abs=0.03)
    assert probe.value == pytest.approx(0.5, abs=0.08)
    # each channel keeps its shares of intents
    for part in (sessions.is_app, ~sessions.is_app):
        np.testing.assert_array_equal(np.bincount(dealt.intents[part]), np.bincount(sessions.intents[part]))


def test_neighbours_do_not_depend_on_how_common_an_intent_is(random):
    """All features alike: the share is that of chance, though most app sessions are of one intent."""
    sessions = sessions_of(random, app_shares=(0.85, 0.05, 0.05, 0.05))
    near = named(app_neighbours(unit(random.normal(size=(SESSIONS, 6))), sessions))

    assert near[2, "equal intents", "neighbours_of_same_intent"].value == pytest.approx(1 / INTENTS, abs=0.03)
    assert near[1, "equal intents", "neighbours_of_same_intent"].value == pytest.approx(1 / 3, abs=0.03)


def test_pools_hold_each_intent_or_group_as_often_as_the_others_and_no_web_session(random, monkeypatch):
    sessions = replace(sessions_of(random), persons=np.arange(SESSIONS))
    pools = []

    def looked_up(queries, pool, query_persons, pool_persons):
        pools.append(pool_persons)
        return nearest_rows(queries, pool, query_persons, pool_persons)

    monkeypatch.setattr("clickintent.evaluation.alignment.nearest_rows", looked_up)
    app_neighbours(features_of(random, sessions), sessions)

    for number, pool in enumerate(pools):
        assert sessions.is_app[pool].all()
        labels = sessions.groups[sessions.intents[pool]] if number < len(pools) / 2 else sessions.intents[pool]
        assert len(set(np.bincount(labels).tolist())) == 1


def test_an_intent_that_one_channel_hardly_has_is_left_out_on_both(random):
    sessions = sessions_of(random)
    rare = np.flatnonzero(sessions.is_app & (sessions.intents == 3))[5:]
    intents = sessions.intents.copy()
    intents[rare] = 0

    is_judged = replace(sessions, intents=intents).judged()

    np.testing.assert_array_equal(is_judged, intents != 3)


SEQUENCES = pl.DataFrame(
    {
        "channel": ["web", "app", "app"],
        "page_keys": [["/cards", None, "/"], ["CardsHome", "CardsHome"], []],
        "event_types": [["page_view", "click", "page_view"], ["page_view", "click"], []],
    }
)
PAGES = pl.DataFrame({"page_key": ["/", "/cards", "CardsHome"], "text": ["home", "cards home", None]})


def test_words_of_its_own_share_nothing_with_the_other_channel_and_stay_alike_within():
    own, pages = with_words_of_its_own(SEQUENCES, PAGES, "app")

    assert own["page_keys"][0].to_list() == SEQUENCES["page_keys"][0].to_list()
    (page,) = set(own["page_keys"][1])
    view, click = own["event_types"][1]
    assert page != "CardsHome"
    assert len({view, click, "page_view", "click"}) == 4
    texts = dict(pages.select("page_key", "text").iter_rows())
    assert not set(texts[page].split()) & {"cards", "home"}
    assert len(texts[page].split()) == 2
    assert texts["/cards"] == "cards home"


def test_page_counts_are_shares_of_a_session_and_page_text_their_mean():
    counts = page_counts(SEQUENCES, PAGES["page_key"].to_list()).toarray()

    np.testing.assert_allclose(counts, [[0.5**0.5, 0.5**0.5, 0], [0, 0, 1], [0, 0, 0]])

    class TwoWords:
        def embed_pages(self, texts):
            return np.array([[1.0, 0], [0, 1], [3, 4]])[: len(texts)]

    np.testing.assert_allclose(mean_page_text(SEQUENCES, PAGES, TwoWords()), [[0.5**0.5] * 2, [0.6, 0.8], [0, 0]])


# -- the stage -------------------------------------------------------------------------------------

LEAVES = {"cards.find": "cards", "cards.pay": "cards", "homes.buy": "homes"}
WORDS = {"cards.find": "compare credit", "cards.pay": "bill payment", "homes.buy": "mortgage house"}


def evaluation_tables(sessions):
    """Two channels with pages of the same words under other keys, before and after a split; session ids are hashes."""
    random = np.random.default_rng(1)
    rows, pages = [], {}
    for number in range(sessions):
        leaf, channel = list(LEAVES)[number % 3], ("web", "app")[number // 3 % 2]
        keys = [f"/{leaf}/{channel}/{n}" for n in random.integers(0, 3, 2)]
        pages |= dict.fromkeys(keys, WORDS[leaf])
        rows.append(
            {
                "session_id": hashlib.md5(str(number).encode()).hexdigest(),
                "visitor_id": f"v{number}",
                "channel": channel,
                "device_type": "desktop",
                "referrer_medium": "direct",
                "page_keys": keys,
                "event_types": ["page_view"] * 2,
                "dwell_seconds": [4.0, None],
                "gap_seconds": [None, 4.0],
                "hours": [9, 9],
                "weekdays": [1, 1],
                "event_values": [None, None],
                "truncated_count": 0,
                "content_hash": str(number),
                "intent_id": leaf,
                "person": number // 2,
                "is_before_split": number % 7 < 4,
            }
        )
    sequences = pl.DataFrame(rows, schema_overrides={"event_values": pl.List(pl.Float64)})
    text = pl.DataFrame({"page_key": list(pages), "text": list(pages.values())})
    version = train_encoder(sequences, text, EncoderConfig(steps=0, min_training_sessions=10**6))
    split = pl.lit("2026-04-01").str.to_datetime()
    return {
        "judged": sequences.select("session_id", "intent_id"),
        "sessions": sequences.select("session_id", "person", split_at=split),
        "sequences": sequences.drop("intent_id", "person"),
        "pages": text,
        "encoders": pl.DataFrame(
            {"version": ["enc-1"], "config": [version.config], "weights": [version.weights], "is_current": [True]}
        ),
        "taxonomy": pl.DataFrame(
            [taxonomy_row(intent_id) for intent_id in (*LEAVES, "cards", "homes")],
            schema_overrides={"into_intent_id": pl.String},
        ),
    }


def taxonomy_row(intent_id):
    return {
        "taxonomy_version": "tax-1",
        "intent_id": intent_id,
        "parent_intent_id": LEAVES.get(intent_id),
        "level": 2 if intent_id in LEAVES else 1,
        "name": WORDS.get(intent_id, intent_id),
        "description": WORDS.get(intent_id, intent_id),
        "keywords": WORDS.get(intent_id, ""),
        "is_sensitive": False,
        "status": "active",
        "into_intent_id": None,
    }


@contextmanager
def with_tables(tables):
    """A connection that holds them."""
    with duckdb.connect() as connection:
        for name, frame in tables.items():
            load(connection, name, frame)
        yield connection


@pytest.fixture(scope="module")
def tables():
    return evaluation_tables(720)


@pytest.fixture
def connection(tables):
    with with_tables(tables) as connection:
        yield connection


def run_of(connection):
    return Run(StandInDbt("eval_platform_alignment", is_incremental=False), connection)


def inputs_of(connection):
    return JudgedInputs(**{name: connection.table(name) for name in JudgedInputs.__dataclass_fields__})


def evaluate(connection):
    """With intents told by a classifier that knows every session's."""
    connection.execute(
        """
        create or replace view training_sequences as select * exclude (is_before_split) from sequences
        where is_before_split;
        create or replace view intents as
        select session_id, intent_id, false as is_abstained, 'tax-1' as taxonomy_version from judged;
        create or replace view labels as
        select session_id, intent_id, 1 as rank, 'ok' as status, 'tax-1' as taxonomy_version from judged where false
        """
    )
    names = ("training_sequences", "labels", "intents", "taxonomy")
    told = ToldInputs(*(connection.table(name) for name in names))
    return evaluate_platform_alignment(run_of(connection), inputs_of(connection), told).pl()


def test_rows_are_of_the_sessions_after_the_split_and_controls_are_beside(connection):
    rows = evaluate(connection)

    assert rows.columns == list(FIGURE_SCHEMA)
    assert rows.select("task", "model", "segment", "metric").is_unique().all()
    after = connection.sql("select count(*) from sequences where not is_before_split and channel = 'app'").fetchone()[0]
    heads = rows.filter(metric="macro_f1_of_web_head", segment="all", task="level_2")
    assert heads["n"].to_list() == [after] * 8
    assert rows.select("encoder_version", "taxonomy_version").unique().rows() == [("enc-1", "tax-1")]
    value = dict(heads.select("model", "value").iter_rows())
    assert value["page words"] > 0.9
    assert value["page counts"] < 0.4
    assert value["embedding, disjoint vocabularies"] < 0.5
    assert rows.filter(model="embedding, permuted labels", metric="web_head_share").is_empty()


def test_an_encoder_that_is_told_intents_is_judged_beside_the_other_where_one_was_trained(connection, tables):
    config = EncoderConfig(steps=1, min_training_sessions=100)
    trained = train_encoder(tables["sequences"].head(200), tables["pages"], config)
    connection.execute("update encoders set config = ?, weights = ?", [trained.config, trained.weights])

    models = set(evaluate(connection)["model"])

    assert {"embedding, told intents", "embedding, told intents, channel hidden"} < models


def test_nothing_is_said_where_channels_have_no_intent_in_common_and_in_an_empty_run(connection):
    connection.execute("delete from judged where intent_id <> 'homes.buy'")
    assert evaluate(connection).is_empty()
    empty_run(connection)
    assert evaluate(connection).columns == list(FIGURE_SCHEMA)


def test_a_merged_leaf_counts_as_the_leaf_that_it_became(connection):
    connection.execute(
        "update taxonomy set status = 'retired', into_intent_id = 'homes.buy' where intent_id like '%pay'"
    )
    judged = read_judged_sessions(run_of(connection), inputs_of(connection))
    leaves = judged.sequences.group_by("intent_id", "group_id").len().sort("intent_id")
    assert leaves.rows() == [("cards.find", "cards", 240), ("homes.buy", "homes", 480)]


def test_codes_of_groups_are_those_of_their_leaves():
    frame = pl.DataFrame(
        {
            "intent_id": ["b.x", "a.y", "b.z", "a.y"],
            "group_id": ["b", "a", "b", "a"],
            "channel": ["web", "app", "app", "web"],
            "person": [1, 2, 3, 4],
            "is_before_split": [True, False, True, False],
        }
    )
    channels = channel_sessions(frame)
    np.testing.assert_array_equal(channels.groups[channels.intents], [1, 0, 1, 0])
    assert channels.intents[1] == channels.intents[3] != channels.intents[0] != channels.intents[2]
