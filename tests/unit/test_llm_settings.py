"""The var `llm`: what it knows, and what it says to what it does not."""

import json

import pytest

from clickintent.llm import LlmSettings, LlmSettingsError


def test_what_the_var_leaves_out_keeps_its_default():
    settings = LlmSettings.read({"model": "our-own", "timeout_seconds": 5})
    assert (settings.model, settings.timeout_seconds, settings.concurrency) == ("our-own", 5, 8)
    assert LlmSettings.read({}) == LlmSettings()


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("api_key", "sk-1", "is no setting: the var `llm` knows answers_as, backoff_seconds"),
        ("temperature", 3, "a number from 0 to 2"),
        ("temperature", "0", "a number from 0 to 2"),
        ("temperature", None, "a number from 0 to 2"),
        ("seed", 1.5, "a whole number"),
        ("seed", True, "a whole number"),
        ("concurrency", 0, "a whole number from 1 to 256"),
        ("budget_tokens", -1, "at least 0, or null"),
        ("budget_usd", float("nan"), "an amount in US dollars"),
        ("batch", 1, "true or false"),
        ("batch", "yes", "true or false"),
        ("model", " ", "the name of a model"),
        ("model", None, "the name of a model"),
        ("base_url", "localhost:8080", "an address that starts with http"),
        ("base_url", "http://host:port/v1", "an address that starts with http"),
        ("base_url", "http://user:secret@host/v1", "without a user or password in it, which dbt would write down"),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_allowed_in_one_sentence(name, value, allowed):
    with pytest.raises(LlmSettingsError) as raised:
        LlmSettings.read({name: value})
    told = str(raised.value)
    assert told.startswith(f"llm.{name} is ")
    assert allowed in told
    assert "\n" not in told


def test_an_address_that_is_refused_is_not_repeated_for_it_may_hold_a_password():
    with pytest.raises(LlmSettingsError) as raised:
        LlmSettings.read({"base_url": "ftp://user:secret@host"})
    assert "secret" not in str(raised.value)


def test_an_answer_has_to_fit_the_context():
    with pytest.raises(LlmSettingsError, match="has to be the larger"):
        LlmSettings.read({"max_output_tokens": 40_000})


def test_parameters_are_what_shapes_an_answer_and_nothing_else():
    asked = json.loads(LlmSettings(temperature=0.2).parameters)
    assert asked == {"max_output_tokens": 4096, "seed": 7, "temperature": 0.2}
    assert LlmSettings.read({"temperature": 0}).parameters == LlmSettings().parameters
    assert LlmSettings(concurrency=1, timeout_seconds=9.0).parameters == LlmSettings().parameters


def test_what_is_done_with_answers_is_read_elsewhere():
    assert LlmSettings.read({"replay": "labels.parquet", "taxonomy": {"start": "clusters"}}) == LlmSettings()
