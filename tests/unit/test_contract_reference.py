"""The reference says what the project's YAML says."""

import importlib.util
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "docs" / "reference" / "write_contract.py"


@pytest.fixture(scope="module")
def written():
    spec = importlib.util.spec_from_file_location("write_contract", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.pages()


def test_the_reference_is_up_to_date(written):
    stale = [path for path, text in written.items() if (ROOT / path).read_text() != text]
    assert stale == [], "run: python docs/reference/write_contract.py"


def test_no_page_of_the_reference_is_left_over(written):
    there = {str(page.relative_to(ROOT)) for page in SCRIPT.parent.glob("*.md")}
    assert there == set(written)


def test_the_reference_holds_every_var_and_every_model(written):
    index = written["docs/reference/contract.md"]
    names = set(yaml.safe_load((ROOT / "dbt_project.yml").read_text())["vars"])
    models = [*ROOT.glob("models/**/*.sql"), *ROOT.glob("python_models/**/*.py"), *ROOT.glob("seeds/*.csv")]
    assert len(models) > 80
    assert [name for name in sorted(names) if f"| `{name}` |" not in index] == []
    assert [model.stem for model in models if f"[`{model.stem}`]" not in index] == []
