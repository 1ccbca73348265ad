"""Labels of a language model in the warehouse: who is told of, what is paid for, and what a kill leaves behind."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter

import duckdb
import polars as pl
import pytest
from test_stages_labels import TAXONOMY
from test_stages_run import build, empty_run, load

from clickintent.llm import CALL_SCHEMA
from clickintent.stages.sending import Sending
from clickintent.stages.session_labels import label_sampled_sessions
from label_model import label_by_hash, sessions_of, without_the_first
from llm_server import LlmServer, failing

SESSIONS = [f"{number:032x}" for number in range(60)]
PAGES = ["cards", "homes", "loans", "divorce"]


def narratives(sessions=SESSIONS):
    """A session for each id, every fourth one on a page that few have seen."""
    texts = [f"web session, {number + 2} events\n- {PAGES[number % 4]} | 5s" for number in range(len(sessions))]
    return pl.DataFrame({"session_id": sessions, "narrative": texts}).with_columns(
        narrative_hash=pl.col("narrative").hash().cast(pl.String), content_hash=pl.lit("content")
    )


def prepare(connection):
    known = pl.col("page_key") != "divorce"
    load(connection, "session_narratives", narratives())
    load(connection, "intent_taxonomy", TAXONOMY)
    load(connection, "label_sample", pl.DataFrame({"session_id": SESSIONS}))
    load(connection, "llm_calls", pl.DataFrame(schema=CALL_SCHEMA))
    gold = {"session_id": pl.String, "intent_id": pl.String, "shown_because": pl.String}
    load(connection, "gold_labels", pl.DataFrame(schema=gold))
    load(connection, "session_encoder", pl.DataFrame(schema={"status": pl.String, "config": pl.String}))
    load(connection, "sendable_sessions", pl.DataFrame({"session_id": SESSIONS[:-8]}))
    load(connection, "page_audience", pl.DataFrame({"page_key": PAGES, "text": PAGES}).with_columns(is_known=known))
    load(connection, "event_type_audience", pl.DataFrame({"event_type": ["page_view"], "is_known": [True]}))
    load(
        connection,
        "llm_prices",
        pl.DataFrame(
            {
                "model": ["a-model"],
                "usd_per_million_prompt_tokens": [1.0],
                "usd_per_million_completion_tokens": [2.0],
            }
        ),
    )


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        prepare(connection)
        yield connection


def label(connection, url="http://127.0.0.1:9/v1", labeler="openai", **llm):
    """Build session_labels; returns how many rows were written."""
    connection.execute("set variable clickintent_table_llm_calls = 'llm_calls'")
    var = {"model": "a-model", "base_url": url, "backoff_seconds": 0.0, "concurrency": 2, **llm}
    tables = [connection.table(name) for name in ("sendable_sessions", "page_audience", "event_type_audience")]
    sending = Sending(var, *tables, connection.table("llm_prices"))
    sources = [connection.table(name) for name in ("session_narratives", "label_sample", "intent_taxonomy")]
    more = {"gold": connection.table("gold_labels"), "encoders": connection.table("session_encoder")}

    def stage(run):
        return label_sampled_sessions(run, *sources, **more, labeler=labeler, sending=sending)

    return build(connection, "session_labels", stage, key="session_id")


def labels(connection, *left_out):
    frame = pl.from_arrow(connection.sql("select * from session_labels order by session_id, rank").to_arrow_table())
    return frame.drop("labeled_at", *left_out)


def undisturbed(*left_out):
    with duckdb.connect() as other, LlmServer(label_by_hash) as server:
        prepare(other)
        label(other, server.url)
        return labels(other, *left_out)


def sent(server):
    return Counter(session["session"] for body in server.bodies for session in sessions_of(body))


def test_sessions_of_people_who_refused_are_neither_sent_nor_labelled(connection):
    with LlmServer(label_by_hash) as server:
        label(connection, server.url)
    assert set(labels(connection)["session_id"]) == set(SESSIONS[:-8])
    kept_back = {narrative for (narrative,) in narratives()[-8:].select("narrative").rows()}
    assert not kept_back & set(sent(server))


def test_pages_that_few_people_have_seen_are_not_named_in_anything_that_is_sent_or_kept(connection):
    with LlmServer(label_by_hash) as server:
        label(connection, server.url)
    assert not any("divorce" in text for text in sent(server))
    assert sum("cards" in text for text in sent(server)) == 13
    assert connection.sql("select count(*) from llm_calls where request like '%divorce%'").fetchone() == (0,)


def test_labels_say_which_model_was_asked_in_which_way_and_keep_the_sessions_own_hashes(connection):
    with LlmServer(label_by_hash) as server:
        label(connection, server.url)
    found = labels(connection)
    assert set(found["labeler"]) == {"openai"}
    ((model,),) = found.select("model").unique().rows()
    assert model.startswith("a-model#")
    own = narratives().select("session_id", own_hash="narrative_hash")
    assert found.join(own, on="session_id").filter(pl.col("narrative_hash") != pl.col("own_hash")).is_empty()


def test_a_second_build_calls_nobody_and_writes_nothing(connection):
    with LlmServer(label_by_hash) as server:
        label(connection, server.url)
    before = labels(connection)
    assert label(connection) == 0
    assert labels(connection).equals(before)


def test_a_table_that_was_lost_is_made_again_without_a_call(connection):
    with LlmServer(label_by_hash) as server:
        label(connection, server.url)
    before = labels(connection)
    connection.execute("drop table session_labels")
    label(connection)
    assert labels(connection).equals(before)


def test_another_taxonomy_is_asked_about_anew(connection):
    with LlmServer(label_by_hash) as server:
        label(connection, server.url)
        first = len(server.bodies)
        load(connection, "intent_taxonomy", TAXONOMY.with_columns(taxonomy_version=pl.lit("tax-2")))
        label(connection, server.url)
        assert len(server.bodies) == 2 * first
    assert set(labels(connection)["taxonomy_version"]) == {"tax-2"}


def test_a_page_that_becomes_known_is_no_reason_to_pay_again(connection):
    with LlmServer(label_by_hash) as server:
        label(connection, server.url)
    connection.execute("update page_audience set is_known = true")
    assert label(connection) == 0


def test_what_the_budget_left_out_has_no_row_until_a_later_build(connection):
    with LlmServer(label_by_hash) as server:
        label(connection, server.url, budget_tokens=4_000, max_output_tokens=1000)
        some = labels(connection)["session_id"].n_unique()
        assert 0 < some < 52
        label(connection, server.url, max_output_tokens=1000)
        assert set(sent(server).values()) == {1}
    assert labels(connection, "model").equals(undisturbed("model"))


def test_a_limit_in_dollars_is_kept_by_the_price_table(connection):
    with LlmServer(label_by_hash) as server:
        label(connection, server.url, budget_usd=0.006, max_output_tokens=1000)
    ((cost, prompt, completion),) = connection.sql(
        "select sum(cost_usd), sum(prompt_tokens), sum(completion_tokens) from llm_calls"
    ).fetchall()
    assert cost == pytest.approx((prompt + 2 * completion) / 1e6)
    assert 0 < cost <= 0.006
    assert labels(connection)["session_id"].n_unique() < 52


def test_an_invalid_label_that_stays_so_is_not_written_again(connection):
    with LlmServer(label_by_hash, faults=[without_the_first()] * 2) as server:
        label(connection, server.url, concurrency=1)
        asked = len(server.bodies)
        assert label(connection, server.url, concurrency=1) == 0
        assert len(server.bodies) == asked
    assert labels(connection).filter(pl.col("status") == "invalid")["error"].to_list() == ["the session was left out"]


def test_a_label_that_a_failing_server_made_invalid_is_made_good_by_the_next_build(connection):
    with LlmServer(label_by_hash, faults=[failing()] * 2) as server:
        load(connection, "session_narratives", narratives(SESSIONS[:1]))
        label(connection, server.url, max_attempts=1)
        assert labels(connection)["error"].to_list() == ["127.0.0.1 answered with status 500"]
        assert label(connection, server.url, max_attempts=1) > 0
    assert "invalid" not in set(labels(connection)["status"])


def test_where_nobody_watches_a_terminal_the_progress_is_a_few_lines(connection, capsys):
    with LlmServer(label_by_hash, faults=[without_the_first()]) as server:
        label(connection, server.url, concurrency=1, max_output_tokens=200)
    told = [line for line in capsys.readouterr().err.splitlines() if "narratives that a language model labels" in line]
    assert len(told) == 5
    assert told[-1].endswith("step 52 of 52")


def test_an_empty_run_asks_nobody(connection):
    empty_run(connection)
    assert label(connection) == 0


def test_the_embedded_labeler_asks_nobody_and_reads_what_is_not_sent(connection):
    label(connection, labeler="embedded")
    assert set(labels(connection)["session_id"]) == set(SESSIONS)
    assert connection.sql("select count(*) from llm_calls").fetchone() == (0,)


# -- batches ------------------------------------------------------------------------------------


@pytest.fixture
def server(monkeypatch):
    """A server that batches are worth their while for."""
    monkeypatch.setattr("clickintent.labeling.asking.FEWEST_IN_BATCH", 2)
    with LlmServer(label_by_hash) as server:
        yield server


def label_in_batches(connection, server):
    return label(connection, server.url, batch=True, max_output_tokens=200)


def labelled(connection):
    return labels(connection)["session_id"].n_unique()


def test_a_large_sample_is_submitted_by_one_build_and_collected_by_a_later_one(connection, server, caplog):
    label_in_batches(connection, server)
    # the first call is made at once
    assert (len(server.bodies), len(server.batches.made), labelled(connection)) == (1, 1, 3)
    assert "49 of 52 narratives wait in a batch" in caplog.text
    assert "budget" not in caplog.text

    assert label_in_batches(connection, server) == 0
    assert (len(server.bodies), len(server.batches.made)) == (1, 1)

    server.batches.finish(lambda _, body: (200, server.completion(body, None)))
    label_in_batches(connection, server)
    assert (len(server.bodies), len(server.batches.made)) == (1, 1)
    assert labels(connection, "model").equals(undisturbed("model"))
    assert label(connection, batch=True, max_output_tokens=200) == 0


def test_what_a_batch_lost_or_answered_badly_is_asked_for_with_the_rest(connection, server):
    label_in_batches(connection, server)
    bad = iter([lambda body: None, lambda body: (500, {}), lambda body: (200, {}), without_the_first().bend])

    def answer(_, body):
        completion = server.completion(body, None)
        make = next(bad, None)
        return make(completion) if make else (200, completion)

    server.batches.finish(lambda custom_id, body: as_response(answer(custom_id, body)))
    # nothing is left for a batch: what remains is asked at once
    label(connection, server.url, max_output_tokens=200)
    assert labels(connection, "model").equals(undisturbed("model"))
    asked = sent(server)
    assert len(server.bodies) < 10
    assert set(asked.values()) == {1}


def as_response(answer):
    """A bent completion is a response that came well."""
    return (200, answer) if isinstance(answer, dict) else answer


def test_a_batch_that_expired_is_made_anew_and_settles_nothing(connection, server):
    label_in_batches(connection, server)
    server.batches.finish(lambda *_: None, status="expired")
    label_in_batches(connection, server)
    assert len(server.batches.made) == 2
    assert "invalid" not in set(labels(connection)["status"])
    server.batches.finish(lambda _, body: (200, server.completion(body, None)))
    label_in_batches(connection, server)
    assert labels(connection, "model").equals(undisturbed("model"))


def test_a_waiting_call_that_an_erasure_took_the_text_from_keeps_nobody_waiting(connection, server):
    label_in_batches(connection, server)
    (one,) = connection.sql("select min(call_hash) from llm_calls where status = 'submitted'").fetchone()
    connection.execute("update llm_calls set request = null, response = null where call_hash = ?", [one])
    server.batches.finish(lambda _, body: (200, server.completion(body, None)))
    label(connection, server.url, max_output_tokens=200)
    assert labels(connection, "model").equals(undisturbed("model"))
    assert set(sent(server).values()) == {1}


# -- a kill in the middle -----------------------------------------------------------------------


def label_in_file(file, url):
    """What the killed process runs."""
    with duckdb.connect(file) as connection:
        label(connection, url, max_output_tokens=200)


def wait_for(condition, process, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_after_a_kill_only_what_has_no_kept_answer_is_asked_again_and_the_labels_are_those_of_a_quiet_run(tmp_path):
    file = str(tmp_path / "labels.duckdb")
    with duckdb.connect(file) as connection:
        prepare(connection)
    code = f"from test_stages_llm_labels import label_in_file; label_in_file({file!r}, __import__('sys').argv[1])"
    with LlmServer(label_by_hash, seconds=0.1) as server:
        process = subprocess.Popen(
            [sys.executable, "-c", code, server.url], env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        )
        wait_for(lambda: len(server.answered) >= 4, process)
        process.send_signal(signal.SIGKILL)
        process.wait()
        with duckdb.connect(file) as connection:
            kept = {
                item["narrative_hash"]
                for (items,) in connection.sql("select items from llm_calls").fetchall()
                for item in json.loads(items)
            }
            assert "session_labels" not in [name for (name,) in connection.sql("show tables").fetchall()]
        assert 0 < len(kept) < 52
        before = len(server.bodies)
        label_in_file(file, server.url)
        asked_again = server.bodies[before:]
    with duckdb.connect(file) as connection:
        hashes = {
            item["narrative_hash"]
            for (items,) in connection.sql("select items from llm_calls order by rowid").fetchall()
            for item in json.loads(items)
        }
        assert sum(len(sessions_of(body)) for body in asked_again) == len(hashes - kept)
        assert labels(connection, "model").equals(undisturbed("model"))
    # what was in flight is all that is asked about twice
    assert sum(count - 1 for count in sent(server).values()) <= 2 * 3
