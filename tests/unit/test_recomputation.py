"""Which change triggers which recomputation: the table of docs/what-recomputes.md, carried out row by row."""

import shutil
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import duckdb
import jinja2
import polars as pl
import pytest
from test_encoder_synthetic import simulate
from test_stages_run import build, load

from clickintent.classifier import ClassifierConfig
from clickintent.llm import CALL_SCHEMA
from clickintent.stages import intent_classifier
from clickintent.stages.intent_classifier import fit_intent_classifier, predict_changed_sessions
from clickintent.stages.sending import Sending
from clickintent.stages.session_embeddings import embed_changed_sessions, embed_new_pages
from clickintent.stages.session_encoder import fit_session_encoder
from clickintent.stages.session_labels import label_sampled_sessions, narrate_changed_sessions
from clickintent.stages.versions import with_promoted
from clickintent.taxonomy import Intent
from clickintent.taxonomy.content import versioned
from label_model import label_by_hash, sessions_of
from llm_server import LlmServer

ROOT = Path(__file__).parents[2]
SESSIONS, SAMPLED = 180, 160
OUTSTANDING = 90
"""Of the sampled sessions, those that a budget keeps back."""

SYNTHETIC = simulate(SESSIONS, seed=8)
SEQUENCES = SYNTHETIC.sequences.with_columns(
    pl.col("started_at").dt.replace_time_zone(None),
    pl.col("event_values").cast(pl.List(pl.Float64)),
    pl.col("hours", "weekdays").cast(pl.List(pl.Int32)),
    is_bot=False,
)
IDS = SEQUENCES["session_id"].to_list()
LONG_AGO = datetime(2026, 3, 1)
LEAVES = tuple(Intent(f"needs.{name}", "needs", 2, name, f"Wants {name}.") for name in ("a", "b", "c"))
INTENTS = (Intent("needs", None, 1, "Needs", "Any need."), *LEAVES)


def documented():
    """Row of the table -> cell by column."""
    lines = (ROOT / "docs/what-recomputes.md").read_text().splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    head, _, *rows = cells
    return {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in rows}


DOCUMENTED = documented()


@dataclass
class Warehouse:
    """Tables of a site, and a build of what lies between its sessions and their intents."""

    connection: duckdb.DuckDBPyConnection
    server: LlmServer
    vars: dict = field(default_factory=lambda: {"model": "a-model"})

    def load(self, table, frame):
        load(self.connection, table, frame)

    def read(self, table):
        return pl.from_arrow(self.connection.sql(f"select * from {table}").to_arrow_table())

    def count(self, query):
        return self.connection.sql(f"select count(*) from {query}").fetchone()[0]

    def build(self, *, is_full_refresh=False):
        """One `dbt build`; returns what each part of it did."""
        started, asked_before = datetime.now(UTC).replace(tzinfo=None), self._asked()
        table = self.connection.table
        self.connection.execute("set variable clickintent_table_llm_calls = 'llm_calls'")

        def stage(name, key, function):
            """A model that keeps its rows in a full refresh says so in its file."""
            is_kept = "full_refresh=False" in next((ROOT / "python_models").rglob(f"{name}.py")).read_text()
            return build(self.connection, name, function, key=key, is_full_refresh=is_full_refresh and not is_kept)

        stage("session_encoder", "version", self._encoder(steps=1))
        self.connection.execute(f"create or replace view encoder_versions_in_use as {in_use()}")
        pages = stage(
            "page_embeddings",
            "(page_key, encoder_version)",
            lambda run: embed_new_pages(run, table("pages"), table("encoder_versions_in_use")),
        )
        of_embeddings = ("session_sequences", "page_embeddings", "encoder_versions_in_use")
        embedded = stage(
            "session_embedding_versions",
            "(session_id, encoder_version)",
            lambda run: embed_changed_sessions(run, *map(table, of_embeddings)),
        )
        narrated = stage(
            "session_narratives",
            "session_id",
            lambda run: narrate_changed_sessions(run, table("session_sequences"), table("pages")),
        )
        stage("session_labels", "session_id", self._labels)
        stage("intent_classifier", "version", self._classifier)
        scored = stage("session_intent_predictions", "session_id", self._predictions)
        since = f"timestamp '{started}'"
        return {
            "trains encoder": self.count(f"session_encoder where trained_at >= {since}"),
            "embeds pages": pages,
            "embeds sessions": embedded,
            "writes narratives": narrated,
            "labels": self.count(f"(select distinct session_id from session_labels where labeled_at >= {since})"),
            "asks the LLM": self._asked() - asked_before,
            "trains student": self.count(f"intent_classifier where trained_at >= {since}"),
            "scores intents": scored,
        }

    def _asked(self):
        return sum(len(sessions_of(body)) for body in self.server.bodies)

    def _encoder(self, **arguments):
        table = self.connection.table
        return lambda run: fit_session_encoder(
            run, table("session_sequences"), table("pages"), min_training_sessions=10, **arguments
        )

    def _labels(self, run):
        table = self.connection.table
        audience = [table(name) for name in ("sendable_sessions", "page_audience", "event_type_audience")]
        sending = Sending({"base_url": self.server.url, **self.vars}, *audience, table("llm_prices"))
        sources = [table(name) for name in ("session_narratives", "label_sample", "intent_taxonomy")]
        more = {"gold": table("gold_labels"), "encoders": table("session_encoder")}
        return label_sampled_sessions(run, *sources, **more, labeler="openai", sending=sending)

    def _classifier(self, run):
        names = ("session_labels", "label_sample", "session_embedding_versions", "session_sequences")
        sources = [self.connection.table(name) for name in (*names, "encoder_versions_in_use", "intent_taxonomy")]
        options = {"gold": self.connection.table("gold_labels"), "min_precision": 0.85, "min_coverage": 0.9}
        return fit_intent_classifier(run, *sources, **options)

    def _predictions(self, run):
        names = ("session_embedding_versions", "encoder_versions_in_use", "intent_classifier", "intent_taxonomy")
        return predict_changed_sessions(run, *(self.connection.table(name) for name in names))


def in_use():
    """The query of the model `encoder_versions_in_use`, two versions kept."""
    text = (ROOT / "models/features/encoder_versions_in_use.sql").read_text()
    macros = SimpleNamespace(movable=lambda relation: relation)
    variables = {"config": lambda **_: "", "ref": str, "var": lambda _: 2, "clickintent": macros}
    return jinja2.Template(text).render(**variables)


def taxonomy_rows(intents):
    taxonomy = versioned(intents)
    rows = [
        {
            "intent_id": intent.intent_id,
            "parent_intent_id": intent.parent_intent_id,
            "into_intent_id": None,
            "level": intent.level,
            "name": intent.name,
            "description": intent.description,
            "status": "active",
            "taxonomy_version": taxonomy.version,
        }
        for intent in taxonomy.intents
    ]
    return pl.DataFrame(rows, schema_overrides={"into_intent_id": pl.String})


def sample(ids, *, reason="sample", drawn_at=LONG_AGO):
    weight = 4.0 if reason == "sample" else 0.0
    return pl.DataFrame({"session_id": ids}).with_columns(
        weight=pl.lit(weight), reason=pl.lit(reason), drawn_at=pl.lit(drawn_at)
    )


def gold(ids):
    return pl.DataFrame(
        {
            "session_id": ids,
            "intent_id": [LEAVES[0].intent_id] * len(ids),
            "shown_because": ["random"] * len(ids),
            "reviewed_at": [datetime(2026, 3, 1)] * len(ids),
        },
        schema={
            "session_id": pl.String,
            "intent_id": pl.String,
            "shown_because": pl.String,
            "reviewed_at": pl.Datetime("us"),
        },
    )


@pytest.fixture(scope="module", autouse=True)
def _short_training():
    """How well a student is trained changes nothing of when."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(intent_classifier, "config_of_labeler", lambda *_, **__: ClassifierConfig(epochs=2))
        yield


@pytest.fixture(scope="module")
def server():
    with LlmServer(label_by_hash) as server:
        yield server


@pytest.fixture(scope="module")
def built(tmp_path_factory, server, _short_training):
    """A file that has been built once, with a second encoder that waits for approval."""
    path = tmp_path_factory.mktemp("built") / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        warehouse = Warehouse(connection, server)
        pages = SYNTHETIC.pages
        warehouse.load("pages", pages)
        warehouse.load("session_sequences", SEQUENCES)
        warehouse.load("label_sample", sample(IDS[:SAMPLED]))
        warehouse.load("intent_taxonomy", taxonomy_rows(INTENTS))
        warehouse.load("gold_labels", gold([]))
        warehouse.load("llm_calls", pl.DataFrame(schema=CALL_SCHEMA))
        warehouse.load("sendable_sessions", pl.DataFrame({"session_id": [*IDS, "new"]}))
        warehouse.load("page_audience", pages.select("page_key", "text", is_known=True))
        kinds = {"event_type": ["page_view", "click"], "is_known": [True, True]}
        warehouse.load("event_type_audience", pl.DataFrame(kinds))
        prices = {"model": "a-model", "usd_per_million_prompt_tokens": 1.0, "usd_per_million_completion_tokens": 2.0}
        warehouse.load("llm_prices", pl.DataFrame(prices))
        build(connection, "session_encoder", warehouse._encoder(steps=2), key="version")
        connection.execute("alter table session_encoder rename to another_encoder")
        first = warehouse.build()
        assert first["trains encoder"] == first["trains student"] == 1
        assert first["labels"] == first["asks the LLM"] == SAMPLED
        waiting = "* replace ('candidate' as status, null as approved_by, null as approved_at)"
        connection.execute(f"insert into session_encoder by name select {waiting} from another_encoder")
    return path


@pytest.fixture
def warehouse(built, server, tmp_path):
    shutil.copy(built, tmp_path / "warehouse.duckdb")
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        yield Warehouse(connection, server)


def now():
    return datetime.now(UTC).replace(tzinfo=None)


def promote(warehouse, *, of_status):
    known = warehouse.read("session_encoder")
    (version,) = known.filter(pl.col("status") == of_status)["version"]
    warehouse.load("session_encoder", with_promoted(known, version, approved_by="a person", at=now()))


# Each brings the change about; it returns how many sessions (of pages: pages) the change is about.


def nothing(warehouse):
    return 0


def came_back(warehouse):
    # with another dwell: texts that are alike are asked about once
    new = SEQUENCES.head(1).with_columns(
        session_id=pl.lit("new"), content_hash=pl.lit("new"), device_type=pl.lit("tablet"), channel=pl.lit("web")
    )
    warehouse.load("session_sequences", pl.concat([SEQUENCES, new]))
    warehouse.load("label_sample", sample([*IDS[:SAMPLED], "new"]))
    return 1


def came_late(warehouse):
    is_it = pl.col("session_id") == IDS[0]
    changed = SEQUENCES.with_columns(
        content_hash=pl.when(is_it).then(pl.lit("changed")).otherwise("content_hash"),
        truncated_count=pl.when(is_it).then(1_000).otherwise("truncated_count"),
    )
    warehouse.load("session_sequences", changed)
    return 1


def retitled(warehouse):
    is_it = pl.col("page_key") == SYNTHETIC.pages["page_key"][0]
    warehouse.load("pages", SYNTHETIC.pages.with_columns(text=pl.when(is_it).then(pl.lit("other")).otherwise("text")))
    return 1


def promoted(warehouse):
    promote(warehouse, of_status="candidate")
    return 0


def rolled_back(warehouse):
    promoted(warehouse)
    warehouse.build()
    promote(warehouse, of_status="retired")
    return 0


def renamed(warehouse):
    warehouse.load("intent_taxonomy", taxonomy_rows([*INTENTS[:-1], replace(INTENTS[-1], name="Another name")]))
    return 0


def merged(warehouse):
    warehouse.load("intent_taxonomy", taxonomy_rows(INTENTS[:-1]))
    return 0


def taken_back(warehouse):
    merged(warehouse)
    warehouse.build()
    warehouse.load("intent_taxonomy", taxonomy_rows(INTENTS))
    return 0


def another_model(warehouse):
    warehouse.vars["model"] = "another-model"
    return 0


def asked_for(warehouse):
    more = sample(IDS[SAMPLED:], reason="uncertain", drawn_at=now())
    warehouse.load("label_sample", pl.concat([sample(IDS[:SAMPLED]), more]))
    return SESSIONS - SAMPLED


def drawn(warehouse):
    more = sample(IDS[SAMPLED:], drawn_at=now())
    warehouse.load("label_sample", pl.concat([sample(IDS[:SAMPLED]), more]))
    return SESSIONS - SAMPLED


def kept_back(warehouse):
    """The build before had a budget for some labels only, and a student of those."""
    kept = ", ".join(f"'{session_id}'" for session_id in IDS[SAMPLED - OUTSTANDING : SAMPLED])
    warehouse.connection.execute(f"delete from session_labels where session_id in ({kept})")
    warehouse.connection.execute("delete from llm_calls")
    warehouse.connection.execute("delete from intent_classifier")
    build(warehouse.connection, "intent_classifier", warehouse._classifier, key="version")
    build(warehouse.connection, "session_intent_predictions", warehouse._predictions, key="session_id")
    return OUTSTANDING


def reviewed(warehouse):
    warehouse.load("gold_labels", gold(IDS[-50:]))
    return 0


CHANGES = {
    "nothing": nothing,
    "a visitor came back": came_back,
    "an event came late": came_late,
    "another page has the words of a title": retitled,
    "an encoder was promoted": promoted,
    "an encoder was rolled back": rolled_back,
    "an override renames an intent": renamed,
    "an override merges two intents": merged,
    "an override was taken back": taken_back,
    "another model labels": another_model,
    "`clickintent labels grow` asked for sessions": asked_for,
    "`label_share` draws more sessions": drawn,
    "labels came that a budget had kept back": kept_back,
    "gold labels have become enough": reviewed,
    "`--full-refresh`": nothing,
}


QUICK = {
    "nothing",
    "a visitor came back",
    "an encoder was promoted",
    "`clickintent labels grow` asked for sessions",
    "labels came that a budget had kept back",
    "`--full-refresh`",
}
ROWS = [pytest.param(row, marks=() if row in QUICK else pytest.mark.slow) for row in CHANGES]


def expected(row, those):
    """Counts by column, from the words of the table."""
    everything = {
        "embeds pages": len(SYNTHETIC.pages),
        "embeds sessions": SESSIONS,
        "writes narratives": SESSIONS,
        "labels": SAMPLED,
        "asks the LLM": SAMPLED,
        "scores intents": SESSIONS,
    }
    return {
        column: {"-": 0, "yes": 1, "those": those, "all": everything.get(column)}[cell]
        for column, cell in DOCUMENTED[row].items()
    }


def test_every_row_of_the_table_is_carried_out():
    assert list(CHANGES) == list(DOCUMENTED)


@pytest.mark.parametrize("row", ROWS)
def test_a_change_recomputes_what_the_table_says_and_the_build_after_it_nothing(warehouse, row):
    those = CHANGES[row](warehouse)
    done = warehouse.build(is_full_refresh="full-refresh" in row)
    assert done == expected(row, those)
    assert set(warehouse.build().values()) == {0}
