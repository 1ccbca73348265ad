"""The label sample in whole builds: who is in stays in, who comes later joins at the same rates, nobody else moves."""

import hashlib
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from clickintent.label_requests import request_uncertain_sessions

CLICKINTENT = Path(sys.executable).with_name("clickintent")
STRATUM = "channel, cluster_id, auth_state, length_bucket"
PROTECTED = ("session_clusters", "label_strata", "label_requests", "label_sample", "session_labels")


def execute(project, *statements: str) -> None:
    with duckdb.connect(str(project.file)) as connection:
        for statement in statements:
            connection.execute(statement)


def draw(project) -> None:
    project.succeed("run", "--select", "label_sample")


def sample(project) -> dict[str, tuple]:
    rows = project.query("select session_id, reason, rate, weight, drawn_at from label_sample")
    return {session_id: row for session_id, *row in rows}


def place(session_id: str) -> float:
    return int(session_id[:8], 16) / 16**8


@pytest.fixture
def project(built_demo, tmp_path):
    return built_demo.copy(tmp_path)


def test_a_session_is_in_the_sample_exactly_where_its_hash_is_below_the_rate_of_its_stratum(built_demo):
    rated = built_demo.query(
        f"select session_id, rate from session_strata inner join label_strata using (cluster_version, {STRATUM})"
    )
    assert len(rated) == built_demo.query("select count(*) from sessions where not is_bot")[0][0]
    drawn = {session_id: ["sample", rate, 1 / rate] for session_id, rate in rated if place(session_id) < rate}
    assert {session_id: row[:3] for session_id, row in sample(built_demo).items()} == drawn


def test_the_sample_has_its_share_of_the_sessions_and_its_weights_add_up_to_all(built_demo):
    strata = built_demo.query("select sessions, rate, label_share from label_strata")
    sessions = sum(count for count, *_ in strata)
    size, weight = built_demo.query("select count(*), sum(weight) from label_sample")[0]
    deviation = sum(count * rate * (1 - rate) for count, rate, _ in strata) ** 0.5
    assert size == pytest.approx(strata[0][2] * sessions, abs=4 * deviation)
    weight_deviation = sum(count * (1 - rate) / rate for count, rate, _ in strata) ** 0.5
    assert weight == pytest.approx(sessions, abs=4 * weight_deviation)
    assert 4 * weight_deviation < sessions / 2


def test_labels_are_those_of_the_sample(built_demo):
    labelled = built_demo.query("select distinct session_id from session_labels")
    assert {session_id for (session_id,) in labelled} == sample(built_demo).keys()


def test_sessions_that_arrive_join_at_the_rate_of_their_stratum_and_move_nobody(project):
    before = sample(project)
    arrived = [hashlib.md5(f"arrived {number}".encode()).hexdigest() for number in range(4_000)]
    values = ", ".join(f"('{session_id}', {number})" for number, session_id in enumerate(arrived))
    execute(
        project,
        f"create table arrived as select * from (values {values}) as arrived (session_id, number)",
        # half of them like sessions that are there, half of a kind that nobody has seen
        f"""
        insert into session_strata by name
        with kinds as (
            select distinct cluster_version, {STRATUM}, row_number() over (order by {STRATUM}) as number
            from label_strata
        )
        select arrived.session_id, kinds.* exclude (number, length_bucket), 'new' as content_hash,
            case when arrived.number % 2 = 0 then kinds.length_bucket else 'unheard of' end as length_bucket
        from arrived
        inner join kinds on kinds.number = 1 + (arrived.number // 2) % (select count(*) from kinds)
        """,
        """
        insert into session_narratives by name
        select session_id, 'web' as channel, session_id as narrative_hash from arrived
        """,
        "drop table arrived",
    )
    draw(project)
    after = sample(project)
    assert {session_id: after[session_id] for session_id in before} == before
    rates = dict(
        project.query(
            f"""
            select session_id, coalesce(rate, (select min(label_share) from label_strata))
            from session_strata left join label_strata using (cluster_version, {STRATUM})
            where session_strata.content_hash = 'new'
            """
        )
    )
    assert len(rates) == 4_000
    joined = {session_id: after[session_id][1] for session_id in after.keys() - before.keys()}
    assert joined == {session_id: rate for session_id, rate in rates.items() if place(session_id) < rate}
    draw(project)
    assert sample(project) == after


def test_who_was_drawn_stays_and_gets_the_weight_of_the_highest_rate_it_has_been_under(project):
    before = sample(project)
    execute(project, "update label_strata set rate = case when channel = 'web' then 1 else rate / 2 end")
    draw(project)
    after = sample(project)
    web = {session_id for (session_id,) in project.query("select session_id from session_strata where channel = 'web'")}
    assert after.keys() == before.keys() | web
    assert {tuple(after[session_id][:3]) for session_id in web} == {("sample", 1.0, 1.0)}
    assert all(after[session_id] == before[session_id] for session_id in before.keys() - web)
    assert all(after[session_id][3] == before[session_id][3] for session_id in before.keys() & web)


@pytest.mark.slow
def test_another_share_draws_more_and_a_smaller_one_takes_nobody_out(project):
    before = sample(project)
    project.succeed("run", "--select", "label_strata", "label_sample", label_share=0.5)
    more = sample(project)
    assert before.keys() < more.keys()
    project.succeed("run", "--select", "label_strata", "label_sample", label_share=0.1)
    assert sample(project) == more


def test_a_session_that_is_gone_leaves_the_sample_and_the_requests(project):
    request_uncertain_sessions(project.file, 1, by="J. Doe")
    ((asked_for,),) = project.query("select session_id from label_requests")
    gone = min(sample(project))
    execute(project, f"delete from session_narratives where session_id in ('{gone}', '{asked_for}')")
    before = sample(project)
    project.succeed("run", "--select", "label_requests", "label_sample")
    assert before.keys() - sample(project).keys() == {gone}
    assert project.query("select count(*) from label_requests") == [(0,)]


@pytest.mark.slow
def test_what_was_asked_for_is_labelled_by_the_next_build_and_by_no_other(project, tmp_path_factory):
    before, labels = sample(project), project.content("session_labels")
    command = [str(CLICKINTENT), "labels", "grow", "--sessions", "25", "--by", "J. Doe", "--file", str(project.file)]
    subprocess.run(command, capture_output=True, check=True)
    asked_for = {session_id for (session_id,) in project.query("select session_id from label_requests")}
    assert len(asked_for) == 25
    assert not asked_for & before.keys()

    project.build()
    after = sample(project)
    assert {session_id: after[session_id] for session_id in before} == before
    assert {session_id: after[session_id][:3] for session_id in after.keys() - before.keys()} == {
        session_id: ["uncertain", None, 0.0] for session_id in asked_for
    }
    more = project.content("session_labels")
    added = more.join(labels, on=["session_id", "rank"], how="anti")
    assert set(added["session_id"]) == asked_for
    assert more.join(added, on=["session_id", "rank"], how="anti").equals(labels)
    approved = project.query("select status, approved_by from intent_classifier order by approved_at")
    assert approved == [
        ("retired", "follows encoder, taxonomy and labeler"), ("current", "follows the labels asked for")
    ]  # fmt: skip

    refreshed = project.copy(tmp_path_factory.mktemp("refreshed"))
    refreshed.run("--full-refresh")
    for table in (*PROTECTED, "intent_classifier", "session_strata"):
        assert refreshed.content(table).equals(project.content(table)), table
