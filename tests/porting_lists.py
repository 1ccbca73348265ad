"""What a port to another warehouse supplies, read from the code; `python tests/porting_lists.py` writes the page."""

import inspect
import re
from pathlib import Path

import yaml

from clickintent.warehouse import Warehouse

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "porting.md"
_MACRO = re.compile(r"{%-?\s*macro\s+(\w+)\(")
_DISPATCHER = re.compile(
    r"{%-?\s*macro\s+(\w+)\((?:(?!endmacro).)*?adapter\.dispatch\('(\w+)', 'clickintent'\)", re.DOTALL
)


def forms() -> dict[str, tuple[str, str, set[str]]]:
    """What is dispatched -> the macro that does, its file and the warehouses with a form; 'default' is one of them."""
    found: dict[str, tuple[str, str, set[str]]] = {}
    for file in sorted((ROOT / "macros").glob("*.sql")):
        text = file.read_text()
        for macro, name in _DISPATCHER.findall(text):
            warehouses = {form.removesuffix(f"__{name}") for form in _MACRO.findall(text) if form.endswith(f"__{name}")}
            found[name] = (macro, file.name, warehouses)
    return found


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.;:]) ", " ".join(text.split()))[0].rstrip(".;:")


def macro_list(differs: bool) -> list[str]:
    """Rows of the macros that Snowflake has a form of, or of those that it takes the default of.

    A macro without a description has an empty one: test_macro_docs.py says so.
    """
    described = {
        macro["name"]: macro["description"]
        for macro in yaml.safe_load((ROOT / "macros" / "_macros.yml").read_text())["macros"]
    }
    return [
        f"| [`{name}`](../macros/{file}) | {_first_sentence(described.get(macro, ''))} |"
        for name, (macro, file, warehouses) in sorted(forms().items())
        if ("snowflake" in warehouses) == differs
    ]


def interface_list() -> list[str]:
    """Rows of what a warehouse's session does for Python models."""
    members = {name: member for name, member in vars(Warehouse).items() if not name.startswith("_")}
    return [
        f"| `{name}{'' if isinstance(member, property) else '()'}` | {_first_sentence(inspect.getdoc(member) or '')} |"
        for name, member in members.items()
    ]


def with_lists(page: str) -> str:
    """The page with the rows of its three tables as they follow from the code."""
    for mark, rows in {
        "macros that differ": macro_list(True),
        "macros that do not": macro_list(False),
        "interface": interface_list(),
    }.items():
        begin, end = f"<!-- {mark} -->\n", "<!-- end -->"
        head, _, rest = page.partition(begin)
        page = (
            head + begin + "| name | what it is |\n|---|---|\n" + "\n".join(rows) + "\n" + end + rest.partition(end)[2]
        )
    return page


if __name__ == "__main__":
    PAGE.write_text(with_lists(PAGE.read_text()))
