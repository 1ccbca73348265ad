"""Taxonomies in a file: proposed, compared, promoted and rejected by people, and what is refused."""

import json

import duckdb
import pytest
from test_cli import one_sentence, run
from test_stages_run import load
from test_stages_taxonomy import NARRATIVES, RENAME, drafts, in_force, seed, settle, statuses
from test_taxonomy_overrides import BASE, row, rows

from clickintent.stages.taxonomy_drafts import DRAFTERS, Draft
from clickintent.stages.versions import VersionError
from clickintent.taxonomy import TaxonomyError
from clickintent.taxonomy.content import versioned
from clickintent.taxonomy_registry import compare, promote, propose, read_taxonomies, reject

__all__ = ["drafts"]

SMALLER = versioned(i for i in BASE.intents if i.intent_id != "cards.lost")


@pytest.fixture
def file(tmp_path):
    """A file in which the seed is in force."""
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        load(connection, "taxonomy", seed())
        load(connection, "session_narratives", NARRATIVES)
        settle(connection)
    return path


@pytest.fixture
def proposal(file, drafts):
    """The version of a draft that waits in the file."""
    drafts[0] = SMALLER
    return propose(file, source="clusters")["taxonomy_version"]


def connected(file, function, *arguments):
    with duckdb.connect(str(file)) as connection:
        return function(connection, *arguments)


def test_a_proposal_changes_nothing_that_is_in_force(file, proposal):
    assert connected(file, statuses) == {BASE.version: "current", proposal: "proposed"}
    assert connected(file, settle) == 0


def test_a_proposal_keeps_the_ids_of_what_it_has_in_common_with_the_one_in_force(file, drafts):
    drafts[0] = versioned(
        [
            *(i for i in BASE.intents if i.intent_id not in {"help", "help.faq"}),
            *(
                type(i)(
                    i.intent_id.replace("help", "faq"),
                    i.parent_intent_id and "faq",
                    i.level,
                    "Asked",
                    "Asks.",
                    ("faq",),
                )
                for i in BASE.intents
                if i.intent_id in {"help", "help.faq"}
            ),
        ]
    )
    row = propose(file, source="clusters")
    renamed = {i["intent_id"]: i["name"] for i in json.loads(row["intents"])}
    assert renamed["help.faq"] == "Asked"
    assert {i.intent_id for i in BASE.intents} == set(renamed)


def test_the_same_draft_again_is_no_second_proposal(file, proposal):
    assert propose(file, source="clusters")["taxonomy_version"] == proposal
    assert len(connected(file, statuses)) == 2


def test_a_draft_that_was_rejected_stays_rejected_when_it_is_drafted_again(file, proposal):
    reject(file, proposal, by="J. Doe")
    assert propose(file, source="clusters")["status"] == "rejected"


def test_a_difference_names_each_change_with_its_share_of_sessions(file, proposal):
    difference = compare(file)
    assert (difference.from_row["taxonomy_version"], difference.to_row["taxonomy_version"]) == (BASE.version, proposal)
    ((change, intent_id, share),) = [(c.change, c.intent_id, c.session_share) for c in difference.changes]
    assert (intent_id, share) == ("cards.lost", pytest.approx(1 / 6))
    assert change in {"retire", "merge"}


def test_a_difference_between_any_two_versions_can_be_asked_for(file, proposal):
    (change,) = compare(file, BASE.version, proposal).changes
    assert change.change in {"add", "split"}
    assert change.session_share == pytest.approx(1 / 6)


def test_a_promotion_names_who_approved_it_and_the_next_build_keeps_it(file, proposal):
    row = promote(file, proposal, by=" J. Doe ")
    assert (row["status"], row["approved_by"]) == ("current", "J. Doe")
    assert connected(file, statuses) == {BASE.version: "retired", proposal: "current"}
    assert connected(file, settle, "clusters") == 0
    connected(file, settle, "clusters", RENAME)
    assert connected(file, in_force)["based_on"] == proposal


def test_a_build_of_another_source_brings_that_one_back(file, proposal):
    promote(file, proposal, by="J. Doe")
    connected(file, settle, "seed")
    assert connected(file, statuses) == {BASE.version: "current", proposal: "retired"}


def test_a_rejected_proposal_names_who_decided_and_can_be_promoted_after_all(file, proposal):
    row = reject(file, proposal, by="J. Doe")
    assert (row["status"], row["rejected_by"], row["approved_by"]) == ("rejected", "J. Doe", None)
    assert row["rejected_at"] is not None
    row = promote(file, proposal, by="A. Roe")
    assert (row["status"], row["approved_by"], row["rejected_by"], row["rejected_at"]) == (
        "current",
        "A. Roe",
        None,
        None,
    )


def test_a_proposal_that_the_overrides_do_not_fit_is_refused_before_a_build_is_stopped(file, proposal):
    connected(file, load, "taxonomy_overrides", rows(row("rename", "cards.lost", name="Lost it")))
    with pytest.raises(TaxonomyError, match=r"row 'rename,cards\.lost': .*earlier taxonomy"):
        promote(file, proposal, by="J. Doe")


def test_a_pin_survives_a_draft(file, drafts):
    connected(file, load, "taxonomy_overrides", rows(row("pin", "cards.lost")))
    drafts[0] = SMALLER
    version = propose(file, source="clusters")
    assert "cards.lost" in {intent["intent_id"] for intent in json.loads(version["intents"])}


@pytest.mark.parametrize("by", ["", " "])
def test_nobody_approves_and_nobody_rejects_nothing(file, proposal, by):
    for decide in (promote, reject):
        with pytest.raises(VersionError, match="say who with --by"):
            decide(file, proposal, by=by)


def test_a_seed_is_approved_by_git_alone(file, proposal):
    promote(file, proposal, by="J. Doe")
    with pytest.raises(VersionError, match=r"edit seeds/taxonomy\.csv"):
        promote(file, BASE.version, by="J. Doe")


def test_what_overrides_made_is_promoted_by_its_base(file, proposal):
    promote(file, proposal, by="J. Doe")
    connected(file, settle, "clusters", RENAME)
    corrected = connected(file, in_force)["taxonomy_version"]
    connected(file, settle, "clusters")
    with pytest.raises(VersionError, match=f"{corrected} is {proposal} with overrides: promote {proposal}"):
        promote(file, corrected, by="J. Doe")


def test_what_is_in_force_can_be_neither_promoted_nor_rejected(file, proposal):
    promote(file, proposal, by="J. Doe")
    with pytest.raises(VersionError, match="in force already"):
        promote(file, proposal, by="J. Doe")
    with pytest.raises(VersionError, match="is current: only a proposal can be rejected"):
        reject(file, proposal, by="J. Doe")


def test_the_limit_of_the_last_approved_draft_is_kept_until_another_is_said(file, drafts):
    drafts[0] = SMALLER
    promote(file, propose(file, source="clusters", max_intents=12)["taxonomy_version"], by="J. Doe")
    drafts[0] = versioned(i for i in BASE.intents if i.intent_id != "cards.find")
    assert json.loads(propose(file)["config"]) == {"max_intents": 12}


def test_what_the_project_bounds_a_draft_by_holds_for_a_command_too(file, monkeypatch):
    seen = []

    def draft(run, inputs, settings, in_force):
        seen.append((settings.max_intents, settings.min_page_visitors))
        return Draft(SMALLER)

    monkeypatch.setitem(DRAFTERS, "clusters", draft)
    propose(file, source="clusters", project=lambda: {"max_intents": 12, "min_page_visitors": 50})
    propose(file, source="clusters", max_intents=9, project=lambda: {"max_intents": 12, "min_page_visitors": 50})
    run("taxonomy", "propose", "--source", "clusters", "--vars", "{min_page_visitors: 60}", "--file", file)
    assert seen == [(12, 50), (9, 50), (35, 60)]


# -- the commands ------------------------------------------------------------------------------------------------------


def test_the_commands_tell_what_they_did_and_what_comes_next(file, drafts):
    drafts[0] = SMALLER
    proposed = run("taxonomy", "propose", "--source", "clusters", "--file", file).stdout
    version = read_taxonomies(file)["taxonomy_version"][0]
    assert all(text in proposed for text in (version, "4 leaves", f"clickintent taxonomy diff {version}"))
    difference = run("taxonomy", "diff", "--file", file).stdout
    assert all(text in difference for text in (f"From {BASE.version} to {version}", "cards.lost", "16.7%"))
    rejected = run("taxonomy", "reject", version, "--by", "J. Doe", "--file", file).stdout
    assert f"{version} is rejected by J. Doe" in rejected
    again = run("taxonomy", "propose", "--source", "clusters", "--file", file).stdout
    assert "Nothing new: this content is rejected already" in again
    promoted = run("taxonomy", "promote", version, "--by", "A. Roe", "--file", file).stdout
    assert all(text in promoted for text in ("approved by A. Roe", "taxonomy_source: clusters"))
    listed = run("taxonomy", "list", "--file", file).stdout
    assert all(text in listed for text in (BASE.version, version, "by A. Roe", "labelled share", "from seed"))
    intents = run("taxonomy", "list", "--intents", "--file", file).stdout
    assert all(text in intents for text in (f"Intents of {version}", "cards.pay", "Find"))
    assert "cards.lost" not in intents


def test_refusals_are_one_sentence(file):
    assert "no version tax-0" in one_sentence(run("taxonomy", "diff", "tax-0", "--file", file))
    assert "No taxonomy is proposed" in one_sentence(run("taxonomy", "diff", "--file", file))
    assert "say what is to draft one with --source" in one_sentence(run("taxonomy", "propose", "--file", file))
    wrong = one_sentence(run("taxonomy", "propose", "--source", "seed", "--file", file))
    assert "the source 'seed' drafts no taxonomy; say one of clusters" in wrong
    few = one_sentence(run("taxonomy", "propose", "--source", "clusters", "--max-intents", "1", "--file", file))
    assert "max_intents is 1" in few


def test_a_file_without_a_taxonomy_says_what_brings_one(tmp_path):
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        load(connection, "taxonomy", seed())
        load(connection, "session_narratives", NARRATIVES)
        settle(connection)
        connection.execute("delete from taxonomy_versions")
    assert "`dbt build` brings the first one" in run("taxonomy", "list", "--file", path).stdout
    assert "none yet" in one_sentence(run("taxonomy", "diff", "tax-0", "--file", path))
    assert "`dbt build` brings the first one" in one_sentence(run("taxonomy", "propose", "--file", path))
