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
