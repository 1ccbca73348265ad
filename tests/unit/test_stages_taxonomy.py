"""Which taxonomy is in force after a build: the seed, drafts, overrides, and what two builds in a row make of them."""

import json

import duckdb
import polars as pl
import pytest
from test_stages_run import build, empty_run, load
from test_taxonomy_overrides import BASE, row, rows

from clickintent.stages import taxonomy_drafts
from clickintent.stages.sending import Sending
from clickintent.stages.taxonomy import OVERRIDES_APPROVAL, SEED_APPROVAL, settle_taxonomy
from clickintent.stages.taxonomy_drafts import Draft, DraftSettings
from clickintent.stages.taxonomy_sample import SessionInputs
from clickintent.stages.taxonomy_versions import TAXONOMY_SCHEMA
from clickintent.stages.versions import FIRST_VERSION
from clickintent.taxonomy import TaxonomyError
from clickintent.taxonomy.content import versioned
from clickintent.taxonomy.overrides import OVERRIDE_COLUMNS

PAGES = ("compare cards apply", "pay card", "lost card", "mortgage first home", "faq", "nothing known")
NARRATIVES = pl.DataFrame(
    {
        "session_id": [f"{number:03}" for number in range(60)],
        "channel": "web",
        "narrative": [f"web session, 1 event\n- {PAGES[number % len(PAGES)]} | 30s" for number in range(60)],
    }
)
RENAME = row("rename", "cards.pay", name="Pay it", reason="clearer")


def seed(taxonomy=BASE):
    return pl.DataFrame(
        [
            {
                "intent_id": intent.intent_id,
                "parent_intent_id": intent.parent_intent_id,
                "level": intent.level,
                "name": intent.name,
                "description": intent.description,
                "keywords": "; ".join(intent.keywords),
                "is_sensitive": intent.is_sensitive,
            }
            for intent in taxonomy.intents
        ]
    )


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        load(connection, "taxonomy", seed())
        load(connection, "taxonomy_overrides", rows())
        load(connection, "session_narratives", NARRATIVES)
        yield connection


@pytest.fixture
def drafts(monkeypatch):
    """What the source 'clusters' drafts next."""
    waiting = [BASE]

    def draft(run, inputs, settings, in_force):
        return Draft(waiting[0], encoder_version="enc-1", config={"max_intents": settings.max_intents})

    monkeypatch.setitem(taxonomy_drafts.DRAFTERS, "clusters", draft)
    return waiting


def settle(connection, source="seed", *overrides, **options):
    load(connection, "taxonomy_overrides", rows(*overrides))
    table = connection.table
    sending = Sending({}, "no_sessions", "no_pages", "no_event_types", "no_prices")
    inputs = SessionInputs(table("session_narratives"), "no_sequences", "no_embeddings", "no_encoders", sending)

    def stage(run):
        return settle_taxonomy(
            run,
            table("taxonomy"),
            table("taxonomy_overrides"),
            inputs,
            source=source,
            settings=DraftSettings(),
        )

    return build(connection, "taxonomy_versions", stage, key="taxonomy_version", **options)


def statuses(connection):
    return dict(connection.sql("select taxonomy_version, status from taxonomy_versions").fetchall())


def in_force(connection):
    (current,) = connection.sql("select * from taxonomy_versions where status = 'current'").pl().to_dicts()
    return current


def changes(connection, version):
    ((text,),) = connection.sql(
        f"select changes from taxonomy_versions where taxonomy_version = '{version}'"
    ).fetchall()
    told = json.loads(text)
    by_key = {(c["from_version"], c["change"], c["intent_id"], c["reason"]): c["session_share"] for c in told}
    assert len(by_key) == len(told), "a change is told twice"
    return by_key


def names(version_row):
    return {intent["intent_id"]: intent["name"] for intent in json.loads(version_row["intents"])}


def test_the_seed_is_in_force_at_once(connection):
    assert settle(connection) == 1
    current = in_force(connection)
    assert (current["taxonomy_version"], current["source"], current["based_on"]) == (BASE.version, "seed", None)
    assert current["approved_by"] == SEED_APPROVAL
    assert json.loads(current["changes"]) == []


def test_a_second_build_changes_nothing(connection):
    settle(connection, "seed", RENAME)
    assert settle(connection, "seed", RENAME) == 0


def test_the_quality_of_a_taxonomy_is_measured_on_sessions(connection):
    settle(connection)
    figures = {(f["metric"], f["intent_id"]): f for f in json.loads(in_force(connection)["quality"])}
    labelled = figures["labelled_share", None]
    assert (labelled["value"], labelled["n"]) == (pytest.approx(5 / 6), 60)
    assert labelled["low"] < labelled["value"] < labelled["high"]
    assert figures["leaf_share", "cards.pay"]["value"] == pytest.approx(1 / 6)
    assert figures["nearest_likeness", "cards.pay"]["value"] > figures["nearest_likeness", "help.faq"]["value"]


def test_an_edited_seed_comes_into_force_and_tells_what_it_changed(connection):
    settle(connection)
    edited = versioned(i for i in BASE.intents if i.intent_id not in {"help.faq", "help"})
    load(connection, "taxonomy", seed(edited))
    settle(connection)
    assert statuses(connection) == {BASE.version: "retired", edited.version: "current"}
    assert changes(connection, edited.version) == {
        (BASE.version, "retire", "help.faq", "most of its sessions have no one intent now"): pytest.approx(1 / 6),
        (BASE.version, "retire", "help", "most of its sessions have no one intent now"): pytest.approx(1 / 6),
    }


def test_overrides_make_a_version_of_their_own_from_the_first_build_on(connection):
    settle(connection, "seed", RENAME)
    current = in_force(connection)
    assert names(current)["cards.pay"] == "Pay it"
    assert (current["based_on"], current["approved_by"]) == (BASE.version, OVERRIDES_APPROVAL)
    assert statuses(connection)[BASE.version] == "retired"
    assert changes(connection, current["taxonomy_version"]) == {
        (BASE.version, "rename", "cards.pay", "clearer"): pytest.approx(1 / 6)
    }


def test_without_the_overrides_the_earlier_version_is_back(connection):
    settle(connection)
    settle(connection, "seed", RENAME)
    renamed = in_force(connection)["taxonomy_version"]
    settle(connection)
    assert statuses(connection) == {BASE.version: "current", renamed: "retired"}
    assert list(changes(connection, BASE.version)) == [(renamed, "rename", "cards.pay", "'Pay it' is now 'Pay'")]
    settle(connection, "seed", RENAME)
    assert statuses(connection) == {BASE.version: "retired", renamed: "current"}
    assert len(changes(connection, renamed)) == 1


def test_a_wrong_override_stops_the_build_and_changes_nothing(connection):
    settle(connection)
    with pytest.raises(TaxonomyError, match=r"row 'retire,cards\.pai'"):
        settle(connection, "seed", row("retire", "cards.pai"))
    assert statuses(connection) == {BASE.version: "current"}


def test_an_override_of_what_is_merged_already_does_no_harm_when_the_seed_loses_it_too(connection):
    merge = row("merge", "cards.lost", "cards.pay")
    settle(connection, "seed", merge)
    load(connection, "taxonomy", seed(versioned(i for i in BASE.intents if i.intent_id != "cards.lost")))
    settle(connection, "seed", merge)
    assert "cards.lost" not in names(in_force(connection))


def test_the_first_draft_of_a_source_comes_into_force(connection, drafts):
    settle(connection, "clusters")
    current = in_force(connection)
    assert (current["source"], current["approved_by"], current["encoder_version"]) == (
        "clusters",
        FIRST_VERSION,
        "enc-1",
    )
    assert json.loads(current["config"]) == {"max_intents": 35}


def test_a_later_build_drafts_nothing(connection, drafts):
    settle(connection, "clusters")
    drafts[0] = versioned(i for i in BASE.intents if i.intent_id != "cards.lost")
    assert settle(connection, "clusters") == 0


def test_a_draft_that_waits_comes_into_force_when_its_source_is_chosen(connection, drafts):
    settle(connection)
    drafts[0] = versioned(i for i in BASE.intents if i.intent_id != "cards.lost")
    settle(connection, "clusters")
    version = in_force(connection)["taxonomy_version"]
    connection.execute(
        f"""
        update taxonomy_versions set status = 'proposed', approved_at = null, approved_by = null
        where taxonomy_version = '{version}'
        """
    )
    connection.execute("update taxonomy_versions set status = 'current' where source = 'seed'")
    drafts.clear()  # whatever drafts again fails
    settle(connection, "clusters")
    assert statuses(connection) == {BASE.version: "retired", version: "current"}


def test_a_draft_that_somebody_rejected_does_not_come_into_force_by_itself(connection, drafts):
    drafts[0] = versioned(i for i in BASE.intents if i.intent_id != "cards.lost")
    settle(connection, "clusters")
    version = in_force(connection)["taxonomy_version"]
    settle(connection, "seed")
    connection.execute(
        f"""
        update taxonomy_versions set status = 'rejected', approved_at = null, approved_by = null, rejected_by = 'J. Doe'
        where taxonomy_version = '{version}'
        """
    )
    with pytest.raises(TaxonomyError, match=f"its draft {version} was rejected by J. Doe: promote it after all"):
        settle(connection, "clusters")


def test_the_last_approved_draft_is_the_base_and_the_overrides_are_applied_to_it(connection, drafts):
    settle(connection, "clusters", RENAME)
    current = in_force(connection)
    assert (names(current)["cards.pay"], current["based_on"], current["source"]) == (
        "Pay it",
        BASE.version,
        "clusters",
    )
    assert settle(connection, "clusters", RENAME) == 0


def test_another_source_and_back_again_brings_the_draft_back(connection, drafts):
    drafts[0] = versioned(i for i in BASE.intents if i.intent_id != "cards.lost")
    settle(connection, "clusters")
    draft = in_force(connection)["taxonomy_version"]
    settle(connection, "seed")
    assert statuses(connection) == {draft: "retired", BASE.version: "current"}
    settle(connection, "clusters")
    assert statuses(connection) == {draft: "current", BASE.version: "retired"}
    assert in_force(connection)["approved_by"] == FIRST_VERSION


def test_an_empty_run_writes_nothing(connection):
    empty_run(connection)
    assert settle(connection) == 0


def test_a_site_without_sessions_has_the_seed_and_no_shares(connection):
    load(connection, "session_narratives", NARRATIVES.clear())
    settle(connection, "seed", RENAME)
    current = in_force(connection)
    assert set(changes(connection, current["taxonomy_version"]).values()) == {None}
    assert {figure["metric"] for figure in json.loads(current["quality"])} == {"nearest_likeness"}


def test_an_unknown_source_is_refused_with_those_there_are(connection):
    with pytest.raises(
        TaxonomyError, match="taxonomy_source is 'cluster': this version of clickintent knows seed, clu"
    ):
        settle(connection, "cluster")


@pytest.mark.parametrize("most", [1, 36, "12"])
def test_a_limit_that_no_taxonomy_can_keep_is_refused(most):
    with pytest.raises(TaxonomyError, match=f"max_intents is {most!r}: a taxonomy has 2 to 35 leaves"):
        DraftSettings(max_intents=most)


@pytest.mark.parametrize("fewest", [0, "20", None])
def test_a_number_of_visitors_that_is_none_is_refused(fewest):
    with pytest.raises(TaxonomyError, match=f"min_page_visitors is {fewest!r}: it has to be a whole number above 0"):
        DraftSettings(min_page_visitors=fewest)


def test_the_table_has_the_columns_of_its_schema(connection):
    settle(connection)
    assert connection.table("taxonomy_versions").columns == list(TAXONOMY_SCHEMA)
    assert connection.table("taxonomy_overrides").columns == list(OVERRIDE_COLUMNS)
