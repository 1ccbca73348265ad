"""Where the key to a server comes from: the environment first, and in Snowflake the secret of the model."""

import sys
from types import ModuleType

import pytest

from clickintent.llm import LlmSettingsError
from clickintent.llm.environment import asking_environment


@pytest.fixture
def snowflake(monkeypatch):
    """Snowflake's own module, as a model that was given a secret finds it."""
    module = ModuleType("_snowflake")
    module.__spec__ = sys.__spec__
    secrets = {}

    def get_generic_secret_string(name):
        if name not in secrets:
            raise RuntimeError(f"{name} is not among {secrets}")
        return secrets[name]

    module.get_generic_secret_string = get_generic_secret_string
    monkeypatch.setitem(sys.modules, "_snowflake", module)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    return secrets


def test_outside_of_snowflake_the_environment_is_all_there_is(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert "OPENAI_API_KEY" not in asking_environment()
    monkeypatch.setenv("OPENAI_API_KEY", "mine")
    assert asking_environment()["OPENAI_API_KEY"] == "mine"


def test_in_snowflake_the_key_is_the_models_secret(snowflake):
    snowflake["openai_api_key"] = "of the secret"
    assert asking_environment()["OPENAI_API_KEY"] == "of the secret"


def test_a_model_that_was_given_no_secret_is_told_how_to_give_it_one(snowflake):
    snowflake["another"] = "hunter2"
    with pytest.raises(LlmSettingsError, match="deploy --openai") as refused:
        asking_environment()
    assert "hunter2" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_secret_whose_value_was_never_set_is_none(snowflake):
    snowflake["openai_api_key"] = "not set yet"
    with pytest.raises(LlmSettingsError, match="has no value yet"):
        asking_environment()
