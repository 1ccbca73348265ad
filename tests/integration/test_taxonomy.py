"""A taxonomy in whole builds: corrected by overrides, refused by the row's name, drafted from clusters of sessions."""

import json

import duckdb
import pytest

# What follows from the overrides, and nothing that comes before them.
FOLLOWS = ("--select", "taxonomy_versions+", "--exclude", "taxonomy_overrides", "tag:evaluation_fit")


def override(project, action, intent_id, **cells):
    """A row of the seed as dbt loads it."""
    row = {"action": action, "intent_id": intent_id, **cells}
    with duckdb.connect(str(project.file)) as connection:
        connection.execute("delete from taxonomy_overrides")
        connection.execute(
            f"insert into taxonomy_overrides ({', '.join(row)}) values ({', '.join('?' * len(row))})", [*row.values()]
        )


def in_force(project):
    ((version, intents),) = project.query(
        "select taxonomy_version, intents from taxonomy_versions where status = 'current'"
    )
    return version, {intent["intent_id"]: intent["name"] for intent in json.loads(intents)}


def test_a_rename_keeps_the_id_and_what_follows_is_made_anew_once(built_demo, tmp_path):
    project = built_demo.copy(tmp_path)
    before, _ = in_force(project)
    override(project, "rename", "servicing.pay_bills", name="Settle bills", reason="the bank's own word")
    project.build(*FOLLOWS)

    renamed, names = in_force(project)
    assert renamed != before
    assert names["servicing.pay_bills"] == "Settle bills"
    assert project.query("select intent_name from dim_intents where intent_id = 'servicing.pay_bills'") == [
        ("Settle bills",)
    ]
    for table in ("session_labels", "session_intents", "intent_distribution_daily", "dim_intents"):
        assert project.query(f"select distinct taxonomy_version from {table}") == [(renamed,)], table
    assert project.query("select count(distinct session_id) from session_labels") == built_demo.query(
        "select count(distinct session_id) from session_labels"
    )
    assert project.query("select change, intent_id, reason, session_share > 0 from taxonomy_changes") == [
        ("rename", "servicing.pay_bills", "the bank's own word", True)
    ]

    kept = ("taxonomy_versions", "intent_taxonomy", "session_labels", "intent_classifier", "session_intent_predictions")
    first = {table: project.content(table) for table in kept}
    project.run(*FOLLOWS)
    for table in kept:
        assert project.content(table).equals(first[table]), f"the second build changed {table}"


@pytest.mark.slow
def test_a_retired_intent_stays_readable_and_says_where_it_went(built_demo, tmp_path):
    project = built_demo.copy(tmp_path)
    override(project, "merge", "loans.student_loan", into_intent_id="loans.personal_loan")
    project.build("--select", "taxonomy_versions", "intent_taxonomy", "taxonomy_changes")
    assert project.query(
        "select status, into_intent_id, name from intent_taxonomy where intent_id = 'loans.student_loan'"
    ) == [("retired", "loans.personal_loan", "Finance education")]
    assert project.query("select count(*) - count(distinct intent_id) from intent_taxonomy") == [(0,)]


def test_a_wrong_row_stops_the_build_with_a_sentence_that_names_it(built_demo, tmp_path):
    project = built_demo.copy(tmp_path)
    override(project, "merge", "loans.student_loan", into_intent_id="loans.personel_loan")
    refused = project.dbt("run", "--select", "taxonomy_versions")
    assert refused.returncode == 1
    assert (
        "seeds/taxonomy_overrides.csv, row 'merge,loans.student_loan,loans.personel_loan': there is no intent "
        "'loans.personel_loan'; did you mean 'loans.personal_loan'?"
    ) in " ".join(refused.stdout.split())
    assert project.content("taxonomy_versions").equals(built_demo.content("taxonomy_versions"))


@pytest.mark.slow
def test_a_taxonomy_of_clusters_labels_and_scores_a_whole_build(built_demo, tmp_path):
    project = built_demo.copy(tmp_path)
    project.vars |= {"taxonomy_source": "clusters", "min_page_visitors": 10}
    project.build(*FOLLOWS)
    version, _ = in_force(project)
    leaves, groups = project.query(
        "select count(*) filter (level = 2), count(*) filter (level = 1) from intent_taxonomy where status = 'active'"
    )[0]
    assert 2 <= groups < leaves <= 35
    assert project.query("select distinct taxonomy_version from session_intents") == [(version,)]
    shares = project.query("select count(*) from session_intents where not is_abstained group by intent_id")
    assert max(count for (count,) in shares) < 0.8 * sum(count for (count,) in shares)
    measured = project.query("select metric from taxonomy_quality where intent_id is null")
    assert ("cluster_purity",) in measured

    again = project.content("taxonomy_versions")
    project.run("--select", "taxonomy_versions")
    assert project.content("taxonomy_versions").equals(again)
    project.run("--select", "taxonomy_versions", "--full-refresh")
    project.run("--select", "taxonomy_versions", "--empty")
    assert project.content("taxonomy_versions").equals(again)


def test_what_a_taxonomy_is_drafted_from_follows_from_none_and_knows_no_truth(built_demo):
    manifest = json.loads((built_demo.folder / "target" / "manifest.json").read_text())
    above, waiting = set(), ["model.clickintent.taxonomy_versions"]
    while waiting:
        parents = manifest["parent_map"][waiting.pop()]
        waiting += [parent for parent in parents if parent not in above]
        above |= set(parents)
    names = {name.rsplit(".", 1)[1] for name in above}
    assert {"session_narratives", "session_embedding_versions", "taxonomy_overrides"} <= names
    assert not [name for name in names if "label" in name or "intent" in name or "truth" in name]
