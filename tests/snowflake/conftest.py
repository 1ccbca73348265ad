"""A server of fakesnow for each file of tests, where its environment is there."""

import shutil

import pytest
from emulator import INTERPRETER, Emulator


@pytest.fixture(scope="module")
def emulator(tmp_path_factory):
    if not shutil.which(INTERPRETER):
        pytest.skip(f"fakesnow has no environment at {INTERPRETER}: `make .venv-fakesnow/.installed` makes it")
    started = Emulator(tmp_path_factory.mktemp("fakesnow"))
    yield started
    started.close()
