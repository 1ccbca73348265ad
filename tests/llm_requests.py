"""Questions for the server of `tests.llm_server`, asked by the real client."""

import polars as pl

from clickintent.llm import CALL_SCHEMA, ChatClient, ChatRequest, LlmSettings, Price

KEY = "sk-a-key-that-nobody-may-see"
QUESTION = "a-question-that-nobody-may-see"
SCHEMA = {
    "type": "object",
    "properties": {"echo": {"type": "string"}},
    "required": ["echo"],
    "additionalProperties": False,
}
PRICES = {"gpt-4.1-mini": Price(1_000_000.0, 2_000_000.0)}
"""A dollar for each token asked, two for each answered."""


def request(number=0):
    messages = ({"role": "system", "content": "Say it again."}, {"role": "user", "content": f"{QUESTION} {number}"})
    return ChatRequest("label", messages, "echo", SCHEMA, payload=number)


def client(server, *, prices=PRICES, **settings):
    patient = {"base_url": server.url, "backoff_seconds": 0.001, "timeout_seconds": 5.0, **settings}
    return ChatClient(LlmSettings(**patient), prices=prices, environment={"OPENAI_API_KEY": KEY})


def ask(server, requests=None, **settings):
    """Outcomes in the order of the requests, and the totals."""
    outcomes = []
    totals = client(server, **settings).run([request()] if requests is None else requests, outcomes.append)
    return sorted(outcomes, key=lambda outcome: outcome.request.payload), totals


def no_matter(outcome):
    """Take an outcome."""


def create_call_table(connection):
    """The table `llm_calls` as dbt makes it."""
    connection.register("no_calls", pl.DataFrame(schema=CALL_SCHEMA).to_arrow())
    connection.execute("create table llm_calls as select * from no_calls")
    connection.unregister("no_calls")
