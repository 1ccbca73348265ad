"""Every macro is documented, and nothing is documented that is none."""

import re
from pathlib import Path

import yaml

MACROS = Path(__file__).resolve().parents[2] / "macros"
_MACRO = re.compile(r"{%-?\s*macro\s+(\w+)\(([^)]*)\)")


def written():
    """Macro -> names of its arguments; what dispatch chooses from is told with what dispatches."""
    found = [macro for file in sorted(MACROS.glob("*.sql")) for macro in _MACRO.findall(file.read_text())]
    return {name: re.findall(r"(\w+)(?:\s*=[^,]*)?(?:,|$)", text) for name, text in found if "__" not in name}


def documented():
    macros = yaml.safe_load((MACROS / "_macros.yml").read_text())["macros"]
    return {macro["name"]: macro for macro in macros}


def test_every_macro_is_documented_and_no_other():
    assert set(documented()) == set(written())
    assert all(macro["description"].strip() for macro in documented().values())


def test_arguments_are_documented_under_their_names():
    wrong = {
        name: (names, told)
        for name, names in written().items()
        if (told := [argument["name"] for argument in documented()[name].get("arguments", [])]) != names
    }
    assert wrong == {}
