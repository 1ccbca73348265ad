"""What happened, or was loaded, after a tile was shown changes nothing that its row says of the customer."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from clickintent.stages.customer_embeddings import pool_changed_customers
from clickintent.stages.run import BuiltTable, Run

OUTCOME = ("is_clicked", "is_click_time_over")
BEFORE_POOLING = ("session_histories", "tile_impressions", "tile_propensities", "tile_running_sequences")
QUANTILES = (0.4, 0.8)


@dataclass(frozen=True)
class Leak:
    """A mistake in a model: what is written, and what a careless author would have written."""

    model: str
    written: str
    careless: str


LEAKS = {
    "sessions from their start on": Leak(
        "session_histories", "greatest(sessions.updated_at,", "least(sessions.started_at,"
    ),
    "links as if always known": Leak("session_histories", "session_customers.known_at,", "sessions.updated_at,"),
    "sessions that are not loaded": Leak(
        "tile_ranking_examples", "showings.shown_at > histories.known_at", "showings.shown_at > histories.started_at"
    ),
    "the vector of a day later": Leak(
        "tile_ranking_examples",
        'from "warehouse"."main"."customer_embeddings" as given_vectors',
        "from (select * replace (valid_from - to_days(1) as valid_from, valid_to - to_days(1) as valid_to) "
        "from customer_embeddings) as given_vectors",
    ),
    "impressions to come": Leak(
        "tile_ranking_examples",
        "and tile_impressions.shown_at > earlier.shown_at and tile_impressions.shown_at >= earlier.loaded_at",
        "",
    ),
    "clicks of the day itself": Leak("tile_propensities", "days.day > daily.day", "days.day >= daily.day"),
    "events of the session that are not loaded": Leak(
        "tile_running_sequences", "and showings.shown_at >= placed_events.loaded_at", ""
    ),
}
"""What the moment tells; that an impression counts once it is loaded is a unit test of `tile_ranking_examples`."""
LIVE = LEAKS["events of the session that are not loaded"]
"""For rankers that send the session along it is no mistake: var `running_session: live`."""


class Ranking:
    """The models of ranking over a copy of the demo, built by their own SQL."""

    def __init__(self, project, folder: Path) -> None:
        folder.mkdir()
        self.connection = duckdb.connect(str(project.copy(folder).file))
        compiled = project.folder / "target" / "compiled" / "clickintent" / "models" / "ranking"
        models = (*BEFORE_POOLING, "tile_ranking_examples")
        self.queries = {name: (compiled / f"{name}.sql").read_text() for name in models}

    def query(self, model: str, *leaks: Leak | None) -> str:
        """What a model says, mistakes in it included."""
        query = " ".join(re.sub("--.*", "", self.queries[model]).split())
        for leak in leaks:
            if leak and leak.model == model:
                assert query.count(leak.written) == 1, f"{model} no longer says {leak.written}: mend this test"
                query = query.replace(leak.written, leak.careless)
        return query

    def build(self, leak: Leak | None = None) -> "Ranking":
        """Everything that the vectors of customers and the examples are made of."""
        for name in BEFORE_POOLING:
            self.connection.execute(f"create or replace table {name} as {self.query(name, leak)}")
        run = Run(BuiltTable("customer_embedding_changes", is_incremental=False), self.connection)
        tables = [self.connection.table(name) for name in ("session_histories", "session_embeddings")]
        pool_changed_customers(run, *tables, pooling=None).create("pooled_anew")
        self.connection.execute("create or replace table customer_embedding_changes as select * from pooled_anew")
        self.connection.execute("drop table pooled_anew")
        return self

    def told(self, moment: datetime, leak: Leak | None = None) -> dict[str, pl.DataFrame]:
        """What the tables say of impressions at a moment or before, without the outcomes."""
        self.connection.execute(f"create or replace temp table told as {self.query('tile_ranking_examples', leak)}")
        shown = f"from told where shown_at <= timestamp '{moment}'"
        return {
            # vectors of running sessions are functions of their sequences, which are compared instead
            "examples": self._texts(
                f"select * exclude ({', '.join(OUTCOME)}, running_embedding, running_event_count) {shown}"
            ),
            "propensities": self._texts(
                f"select * from ({self.query('tile_propensities', leak)}) where day <= date '{moment.date()}'"
            ),
            "running": self._texts(f"{self._running(moment, leak)}"),
        }

    def _running(self, moment: datetime, *leaks: Leak | None) -> str:
        return f"""
            select * from ({self.query("tile_running_sequences", *leaks)})
            where (session_id, impression_id) in
                (select (session_id, impression_id) from tile_impressions where shown_at <= timestamp '{moment}')
        """

    def running_live(self, moment: datetime, leak: Leak | None = None) -> pl.DataFrame:
        """What the running sessions of these impressions say where a ranker sends them along."""
        return self._texts(self._running(moment, LIVE, leak))

    def _texts(self, query: str) -> pl.DataFrame:
        columns = [row[0] for row in self.connection.execute(f"describe {query}").fetchall()]
        texts = ", ".join(f'"{column}"::varchar as "{column}"' for column in columns)
        frame = self.connection.execute(f"select {texts} from ({query})").pl()
        return frame.sort(frame.columns, nulls_last=True)

    def moments(self) -> list[datetime]:
        """Just after an impression, at some shares of all of them."""
        query = f"select quantile_disc(shown_at, {list(QUANTILES)}) from tile_impressions"
        ((moments,),) = self.connection.execute(query).fetchall()
        return moments

    def forget_the_future(self, moment: datetime, how: str) -> None:
        """Take out, or mix up between people, what came or was loaded after a moment, less impressions until then."""
        self.connection.execute(
            f"""
            create temp table later_events as
            select event_id from stg_events
            where (event_at >= timestamp '{moment}' or loaded_at > timestamp '{moment}')
                and not (event_type = 'tile_impression' and event_at <= timestamp '{moment}');
            create temp table later_sessions as
            select session_id from sessions left join session_customers using (session_id)
            where greatest(updated_at, ended_at, known_at) > timestamp '{moment}';
            """
        )
        if how == "mixed up":
            for table, key, column in (
                ("session_customers", "session_id", "customer_id"),
                ("session_features", "session_id", "page_group_counts"),
                ("session_embedding_versions", "session_id", "embedding"),
                ("session_intent_predictions", "session_id", "intent_ids"),
                ("stg_events", "event_id", "customer_id"),
                ("stg_events", "event_id", "properties"),
                ("placed_events", "event_id", "page_hash"),
            ):
                later = "later_events" if key == "event_id" else "later_sessions"
                self.connection.execute(
                    f"""
                    create or replace temp table numbered as
                    select {key}, {column}, row_number() over (order by {key}) as n,
                        row_number() over (order by hash({key})) as other
                    from {table} semi join {later} using ({key});
                    update {table} set {column} = others.{column}
                    from numbered inner join numbered as others on numbered.n = others.other
                    where {table}.{key} = numbered.{key};
                    """
                )
            return
        for table in ("stg_events", "placed_events"):
            self.connection.execute(f"delete from {table} where event_id in (select event_id from later_events)")
        for table in (
            "session_customers",
            "session_features",
            "session_embedding_versions",
            "session_intent_predictions",
        ):
            self.connection.execute(f"delete from {table} where session_id in (select session_id from later_sessions)")


def differing(full: dict[str, pl.DataFrame], cut: dict[str, pl.DataFrame]) -> list[str]:
    """Tables that do not say the same."""
    # tiles that were shown after the moment, of impressions that began before it, are in one of the two only
    both = full["examples"].join(cut["examples"], on=["impression_id", "tile_id"], how="semi")
    full = full | {"examples": both.sort(both.columns, nulls_last=True)}
    return [name for name in full if not full[name].equals(cut[name])]


@pytest.fixture(scope="module")
def whole(built_demo, tmp_path_factory):
    ranking = Ranking(built_demo, tmp_path_factory.mktemp("whole") / "copy").build()
    yield ranking
    ranking.connection.close()


@pytest.fixture(scope="module")
def past(built_demo, whole, tmp_path_factory):
    """The same without what came after the first of the moments."""
    ranking = Ranking(built_demo, tmp_path_factory.mktemp("past") / "copy")
    ranking.forget_the_future(whole.moments()[0], "gone")
    yield ranking.build()
    ranking.connection.close()


def test_what_is_gone_from_the_future_was_never_in_a_row(whole, past):
    moment = whole.moments()[0]
    full, cut = whole.told(moment), past.told(moment)
    assert cut["examples"].height > 0.98 * full["examples"].height > 100
    for column in ("app_embedding", "web_embedding", "app_page_counts", "web_page_counts", "web_intent_shares"):
        assert full["examples"][column].drop_nulls().len() > 0, column
    assert differing(full, cut) == []


def test_what_is_mixed_up_in_the_future_was_never_in_a_row(built_demo, whole, tmp_path):
    moment = whole.moments()[1]
    ranking = Ranking(built_demo, tmp_path / "copy")
    ranking.forget_the_future(moment, "mixed up")
    assert differing(whole.told(moment), ranking.build().told(moment)) == []
    ranking.connection.close()


def test_a_session_that_is_sent_along_ends_before_the_impression(built_demo, whole, tmp_path):
    moment = whole.moments()[0]
    ranking = Ranking(built_demo, tmp_path / "copy")
    ranking.connection.execute(f"delete from placed_events where event_time >= timestamp '{moment}'")
    full = whole.running_live(moment)
    assert full.height > 50
    assert ranking.running_live(moment).equals(full)
    leak = Leak("tile_running_sequences", "and showings.shown_at > placed_events.event_time", "")
    assert not ranking.running_live(moment, leak).equals(whole.running_live(moment, leak))
    ranking.connection.close()


LISTS = ("page_keys", "event_types", "gap_seconds", "hours", "weekdays", "event_values")


def test_a_session_that_is_sent_along_reads_as_the_head_of_its_sequence(whole):
    same = [f"running.{name} is not distinct from whole.{name}[1:event_count]" for name in LISTS]
    # how long the last page is looked at is not known yet
    same.append("running.dwell_seconds is not distinct from list_append(whole.dwell_seconds[1:event_count - 1], null)")
    same += [f"running.{name} is not distinct from whole.{name}" for name in ("device_type", "referrer_medium")]
    rows = whole.connection.execute(
        f"""
        select count(*), count(*) filter ({" and ".join(same)})
        from ({whole.query("tile_running_sequences", LIVE)}) as running
        inner join session_sequences as whole using (session_id)
        where whole.truncated_count = 0
        """
    ).fetchone()
    assert rows[0] == rows[1] > 100


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS)
def test_a_planted_leak_is_found(whole, past, leak):
    moment = whole.moments()[0]
    sides = [whole, past]
    if leak.model == "session_histories":
        sides = [side.build(leak) for side in sides]
    full, cut = (side.told(moment, leak) for side in sides)
    if leak.model == "session_histories":
        for side in sides:
            side.build()
    assert differing(full, cut) != []
