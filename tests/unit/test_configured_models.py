"""Configs name folders and models that there are: dbt passes over a path that matches nothing."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PROJECTS = [ROOT / "dbt_project.yml", *ROOT.glob("examples/*/dbt_project.yml")]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
BLOCK = re.compile(r"^( *)```ya?ml\n(.*?)^ *```", re.MULTILINE | re.DOTALL)


def paths(configs, above=()):
    """Every path of folders and models below a key."""
    for name, value in configs.items():
        if isinstance(value, dict) and not name.startswith("+"):
            yield (*above, name)
            yield from paths(value, (*above, name))


def configured():
    """Where it stands -> configs of this package's models."""
    for project in PROJECTS:
        yield project, yaml.safe_load(project.read_text()).get("models", {})
    for page in PAGES:
        for indent, block in BLOCK.findall(page.read_text()):
            told = yaml.safe_load(re.sub(f"^{indent}", "", block, flags=re.MULTILINE))
            if isinstance(told, dict) and isinstance(told.get("models"), dict):
                yield page, told["models"]


FOUND = [
    pytest.param(path, id=f"{file.relative_to(ROOT)} {'.'.join(path)}")
    for file, models in configured()
    for path in paths(models.get("clickintent") or {})
]


def test_configs_were_found():
    assert len(FOUND) > 20


@pytest.mark.parametrize("path", FOUND)
def test_a_config_names_a_folder_or_a_model_that_there_is(path):
    *folders, name = path
    places = [ROOT / kind / Path(*folders) for kind in ("models", "python_models")]
    assert any((place / f"{name}{end}").exists() for place in places for end in ("", ".sql", ".py"))
