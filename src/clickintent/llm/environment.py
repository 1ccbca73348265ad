"""Where the key to a server is read from: the environment, and in Snowflake the secret that a model is given."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Final

from clickintent.llm.errors import LlmSettingsError
from clickintent.snowflake.naming import NO_KEY_YET

KEY: Final = "OPENAI_API_KEY"
SECRET: Final = "openai_api_key"  # noqa: S105 - its name
"""What a dbt Python model calls the secret in its config `secrets`."""

_SNOWFLAKE: Final = "_snowflake"
"""A module that is there in Snowflake's own Python alone."""


def asking_environment() -> Mapping[str, str]:
    """The variables of this process, with the key of Snowflake's secret where they have none.

    Raises:
        LlmSettingsError: this is Snowflake, and the model was given no secret, or one without a value.
    """
    if KEY in os.environ or find_spec(_SNOWFLAKE) is None:
        return os.environ
    try:
        key: str = import_module(_SNOWFLAKE).get_generic_secret_string(SECRET)
    except Exception:  # whatever that module raises: its words may quote the secret
        raise LlmSettingsError(
            f"The model was given no secret {SECRET}: run `clickintent snowflake deploy --openai`, and name the secret "
            "and the integration in the configs `secrets` and `external_access_integrations` of the model."
        ) from None
    if key == NO_KEY_YET:
        raise LlmSettingsError(
            f"The secret {SECRET} has no value yet: set {KEY} and run `clickintent snowflake deploy --openai`."
        )
    return {**os.environ, KEY: key}
