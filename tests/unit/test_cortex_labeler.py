"""The labeler `cortex` before a stand-in for AI_COMPLETE, which answers in the forms that Snowflake documents.

It never ran on an account: what is not in the documentation is not known here either.
"""

import json
import subprocess
import sys

import duckdb
import polars as pl
import pytest
import sqlglot
from test_label_prompt import LEAVES
from test_llm_labeler import labeler as openai_labeler
from test_llm_labeler import narratives
from test_stages_run import load

from clickintent.labeling import LabelerError, make_labeler
from clickintent.labeling.llm_setup import LlmAccess, make_cortex_labeler
from clickintent.llm import CALL_SCHEMA, CallStore, LlmServerError, LlmSettings, LlmSettingsError, Price
from clickintent.llm.cortex import MODEL, complete_sql, cortex_settings, read_answer
from clickintent.warehouse.duckdb import DuckDBWarehouse
from label_model import label_by_hash
from llm_server import LlmServer

SETTINGS = LlmSettings(model=MODEL, max_output_tokens=100)
USAGE = {"completion_tokens": 20, "prompt_tokens": 300, "total_tokens": 320}


def details(answer, **more):
    """With show_details, of a question with a schema."""
    structured = [{"raw_message": answer, "type": "json"}]
    return {"created": 1_750_000_000, "model": MODEL, "structured_output": structured, "usage": USAGE, **more}


def succeeded(value):
    """With return_error_details."""
    return json.dumps({"value": value, "error": None})


def failed(error):
    return json.dumps({"value": None, "error": error})


def answered(prompt):
    instructions, data = prompt.split("\n\nBEGIN SESSIONS ")
    messages = [{"role": "system", "content": instructions}, {"role": "user", "content": f"BEGIN SESSIONS {data}"}]
    return label_by_hash({"messages": messages})


class Cortex(DuckDBWarehouse):
    """A warehouse that knows AI_COMPLETE.

    Attributes:
        prompts: of each statement.
        answer: from a prompt, and how often it was asked, to the column `answer`.
    """

    def __init__(self, connection, answer=lambda prompt, _: succeeded(details(answered(prompt)))):
        super().__init__(connection)
        self.prompts, self.answer = [], answer
        self._times = {}

    def read_committed(self, query, parameters=()):
        if "ai_complete" not in query:
            return super().read_committed(query, parameters)
        self.prompts.append(list(parameters))
        rows = []
        for number, prompt in enumerate(parameters):
            self._times[prompt] = self._times.get(prompt, 0) + 1
            rows.append((number, self.answer(prompt, self._times[prompt])))
        return pl.DataFrame(rows[::-1], schema={"number": pl.Int64, "answer": pl.String}, orient="row")


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        load(connection, "llm_calls", pl.DataFrame(schema=CALL_SCHEMA))
        yield connection


def labeler(warehouse, prices=None, **llm):
    var = {"backoff_seconds": 0.0, **llm}
    store = CallStore(warehouse, "llm_calls")
    return make_cortex_labeler(LEAVES, LlmAccess(var, store, prices or {}, warehouse=warehouse))


def labels(warehouse, count=50, **settings):
    return labeler(warehouse, **settings).label(narratives(count), ["web"] * count)


def calls(connection):
    return connection.sql("select * from llm_calls order by called_at, call_hash").pl()


def test_it_labels_as_the_labeler_openai_does_by_the_same_answers(connection):
    warehouse = Cortex(connection)
    found = labels(warehouse)
    with duckdb.connect() as other, LlmServer(label_by_hash) as server:
        load(other, "llm_calls", pl.DataFrame(schema=CALL_SCHEMA))
        expected = openai_labeler(other, server).label(narratives(50), ["web"] * 50)
    assert found == expected
    assert labeler(warehouse).name == "cortex"
    assert labeler(warehouse).model.startswith(f"{MODEL}#")


def test_every_answer_is_a_row_with_its_tokens_and_nobody_is_asked_twice(connection):
    warehouse = Cortex(connection)
    found = labels(warehouse)
    kept = calls(connection)
    assert kept.height == 3  # 50 narratives, 20 to a call
    assert kept["status"].to_list() == ["ok"] * 3
    assert kept.select("prompt_tokens", "completion_tokens", "attempts").unique().rows() == [(300, 20, 1)]
    assert set(kept["answered_by"]) == {MODEL}
    asked = len(warehouse.prompts)
    assert labels(warehouse) == found
    assert len(warehouse.prompts) == asked


def test_a_statement_asks_as_many_questions_as_concurrency_says(connection):
    warehouse = Cortex(connection)
    labels(warehouse, count=100, concurrency=2)
    assert [len(prompts) for prompts in warehouse.prompts] == [2, 2, 1]


def test_a_question_that_fails_is_asked_again_and_its_neighbours_are_not(connection):
    def answer(prompt, times):
        return failed("Request failed. Try again later.") if times == 1 and "session, 7 " in prompt else good(prompt)

    def good(prompt):
        return succeeded(details(answered(prompt)))

    warehouse = Cortex(connection, answer)
    assert None not in labels(warehouse)
    assert [len(prompts) for prompts in warehouse.prompts] == [3, 1]
    assert sorted(calls(connection)["attempts"]) == [1, 1, 2]


def test_a_question_that_goes_on_failing_is_invalid_until_the_next_build_asks_again(connection):
    broken = Cortex(connection, lambda prompt, _: failed("unavailable: secret words of a page"))
    found = labels(broken, count=3, max_attempts=2)
    assert {label.status for label in found} == {"invalid"}
    kept = calls(connection)
    assert set(kept["status"]) == {"error"}
    assert not any("secret words" in error for error in kept["error"])
    assert {label.status for label in labels(Cortex(connection), count=3)} <= {"ok", "abstained"}


def test_failure_after_failure_stops_the_build(connection):
    broken = Cortex(connection, lambda prompt, _: None)  # AI functions give null where they fail
    with pytest.raises(LabelerError, match="LLM calls in a row failed"):
        labels(broken, count=400, max_attempts=1)


def test_a_statement_that_is_refused_stops_the_build_without_a_word_of_what_was_asked(connection):
    with pytest.raises(LlmServerError, match=r"SNOWFLAKE\.CORTEX_USER") as refused:
        labels(DuckDBWarehouse(connection))  # where there is no such function
    assert "session" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_the_budget_ends_the_asking_and_a_later_build_goes_on(connection):
    dear = {"prompt_tokens": 3_000, "completion_tokens": 1_000}
    warehouse = Cortex(connection, lambda prompt, _: succeeded(details(answered(prompt), usage=dear)))
    found = labels(warehouse, count=100, budget_tokens=14_000, concurrency=1)
    assert found.count(None) == 40  # 4,000 tokens a call, and up to 5,000 for the next one
    assert None not in labels(Cortex(connection), count=100)


def test_costs_are_by_the_price_of_the_model(connection):
    labels(Cortex(connection), count=3, prices={MODEL: Price(1.0, 2.0)}, budget_usd=1.0)
    assert calls(connection)["cost_usd"].to_list() == [pytest.approx((300 + 2 * 20) / 1e6)]


@pytest.mark.parametrize(
    ("answer", "status", "text"),
    [
        (succeeded(details({"sessions": []})), "ok", '{"sessions": []}'),
        (succeeded(json.dumps(details({"sessions": []}))), "ok", '{"sessions": []}'),
        (json.dumps(succeeded(details({"sessions": []}))), "ok", '{"sessions": []}'),
        (succeeded({"choices": [{"messages": '{"sessions": []}'}], "usage": USAGE}), "ok", '{"sessions": []}'),
        (succeeded({"choices": [{"messages": {"sessions": []}}]}), "ok", '{"sessions": []}'),
        (succeeded({"choices": [{"messages": "I cannot."}], "usage": USAGE}), "invalid", "I cannot."),
        (succeeded({"choices": []}), "invalid", None),
        (succeeded({"choices": [{"messages": '{"ses'}], "usage": {"completion_tokens": 100}}), "truncated", '{"ses'),
        (failed("Input exceeds the maximum context length"), "too_long", None),
        (failed("Response was filtered by Cortex Guard"), "refused", None),
        (failed("anything else"), "error", None),
        (None, "error", None),
        ("no json", "error", None),
        ("[]", "error", None),
    ],
)
def test_what_an_answer_is_worth(answer, status, text):
    found = read_answer(answer, SETTINGS)
    assert (found.status, found.text) == (status, text)
    assert (found.answer is not None) == (status == "ok")
    assert (found.error is None) == (status == "ok")


def test_the_statement_is_snowflakes_sql_with_questions_as_parameters_and_one_constant_form():
    schema = {"type": "object", "properties": {"it's": {"type": "string", "enum": ["a\\b", "c"]}}, "required": ["it's"]}
    sql = complete_sql({**schema, "additionalProperties": False}, 2, SETTINGS)
    (parsed,) = sqlglot.parse(sql, dialect="snowflake")
    assert not isinstance(parsed, sqlglot.exp.Command)
    assert len(list(parsed.find_all(sqlglot.exp.Placeholder))) == 2
    assert "'it''s': {'type': 'string', 'enum': ['a\\\\b', 'c']}" in sql
    assert "'additionalProperties': false" in sql
    assert "{'temperature': 0.0, 'max_tokens': 100}" in sql


@pytest.mark.parametrize(
    ("llm", "told"),
    [
        ({"base_url": "http://localhost/v1"}, "llm.base_url has no meaning"),
        ({"batch": True}, "llm.batch has no meaning"),
        ({"max_output_tokens": 9_000}, "up to 8192"),
        ({"temperature": 1.5}, "llm.temperature up to 1"),
    ],
)
def test_settings_that_snowflake_does_not_take_are_refused(llm, told):
    with pytest.raises(LlmSettingsError, match=told):
        cortex_settings(llm)


def test_outside_of_a_build_there_is_nobody_to_ask(connection):
    access = LlmAccess({}, CallStore(DuckDBWarehouse(connection), "llm_calls"), {})
    with pytest.raises(LabelerError, match="inside the warehouse"):
        make_labeler("cortex", LEAVES, lambda: access)


def test_builds_that_do_not_ask_a_server_need_no_library_of_openai():
    code = (
        "import sys; sys.modules['openai'] = None\n"
        "import clickintent.llm.cortex, clickintent.labeling.asking\n"
        "import clickintent.stages.session_labels, clickintent.stages.taxonomy, clickintent.stages.evaluation_intents"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
