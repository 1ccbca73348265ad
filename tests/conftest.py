"""Shared by all tests: nothing here reaches the network or the user's own build."""

import os

import pytest
from hypothesis import settings

# nothing here is about speed, and machines of CI do other work too
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(autouse=True, scope="session")
def _quiet_threads():
    """Two cores at most, as in CI: figures and versions then do not depend on the machine's size."""
    os.environ.setdefault("OMP_NUM_THREADS", "2")


@pytest.fixture(autouse=True)
def _leaves_the_environment_as_it_was():
    """A variable that a test leaves behind names its file to whatever test comes next in the process."""
    before = settings_of_the_project()
    yield
    assert settings_of_the_project() == before


def settings_of_the_project() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith(("CLICKINTENT_", "DBT_"))}
