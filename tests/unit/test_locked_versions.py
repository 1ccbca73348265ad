"""What `constraints.txt` locks can be installed by everybody whom `requires-python` invites."""

import tomllib
from importlib.metadata import distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]


def test_the_oldest_python_that_is_invited_can_have_every_locked_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    oldest = project["requires-python"].removeprefix(">=") + ".0"
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line and not line.startswith("#")]
    locked = {canonicalize_name(Requirement(line).name) for line in lines}
    installed = {
        canonicalize_name(each.metadata["Name"]): each.metadata.get("Requires-Python") for each in distributions()
    }
    asked = {name: wanted for name, wanted in installed.items() if name in locked and wanted}
    assert len(asked) > 100  # of the environment that the tests are run in
    assert {name: wanted for name, wanted in asked.items() if oldest not in SpecifierSet(wanted)} == {}
