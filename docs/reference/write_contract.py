"""Write the reference of vars and tables from the project's own YAML, into docs/reference/.

    python docs/reference/write_contract.py

What a column means is told beside its model, and here only copied. A test fails where a page is not what this writes.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
OUT = Path("docs/reference")

# page, title, what is on it
PAGES = [
    ("events", "Events", ["models/staging", "python_models/staging"]),
    ("sessions", "Sessions and who they belong to", ["models/sessions", "models/identity", "models/features"]),
    ("embeddings", "Embeddings", ["python_models/features"]),
    ("intents", "Intents and labels", ["models/intents", "python_models/intents"]),
    ("marts", "Marts and metrics", ["models/marts", "models/semantic"]),
    ("dashboard", "What the dashboard reads", ["models/dashboard", "python_models/dashboard"]),
    ("ranking", "Ranking", ["models/ranking", "python_models/ranking"]),
    ("evaluation", "Evaluation", ["models/evaluation", "python_models/evaluation"]),
    ("seeds", "Seeds", ["seeds"]),
]
MADE_BY = "<!-- Written by docs/reference/write_contract.py. Change what it reads, not this page. -->\n"

_DOC_BLOCK = re.compile(r"{% docs (\w+) %}(.*?){% enddocs %}", re.DOTALL)
_DOC_USE = re.compile(r"{{ doc\('(\w+)'\) }}")
_VAR_GROUP = re.compile(r"  # -- (.*?) -+$")
_VAR = re.compile(r"  (\w+): (.*?) +# (.*)$")


def doc_blocks() -> dict[str, str]:
    """Name of a doc block -> its text."""
    return {name: one_line(text) for name, text in _DOC_BLOCK.findall((ROOT / "models/_docs.md").read_text())}


def one_line(text: str) -> str:
    """Text without line breaks."""
    return " ".join(text.split())


def cell(text: str) -> str:
    """Text that can stand in a cell of a table."""
    return one_line(text).replace("|", "\\|").replace("<", "&lt;")


@cache
def described_in(file: Path) -> dict[str, list[dict[str, Any]]]:
    """What one YAML file says."""
    said: dict[str, list[dict[str, Any]]] = yaml.load(file.read_text(), Loader=yaml.CSafeLoader)
    return said


def described(folder: str, *kinds: str) -> Iterator[dict[str, Any]]:
    """What the YAML files of a folder describe of these kinds, by name."""
    found = [
        entry
        for file in sorted((ROOT / folder).rglob("*.yml"))
        for kind in kinds
        for entry in described_in(file).get(kind, [])
    ]
    return iter(sorted(found, key=lambda entry: entry["name"]))


def tables(folders: list[str]) -> Iterator[dict[str, Any]]:
    """Models and seeds of a page."""
    for folder in folders:
        yield from described(folder, "models", "seeds")


def told(text: str, blocks: dict[str, str]) -> str:
    """A description with the doc block it takes."""
    return _DOC_USE.sub(lambda use: blocks[use[1]], text)


def never_null(column: dict[str, Any]) -> bool:
    """Whether a data test holds that the column has no nulls."""
    tests = [test if isinstance(test, str) else next(iter(test)) for test in column.get("data_tests", [])]
    return "not_null" in tests


def table_section(table: dict[str, Any], blocks: dict[str, str]) -> str:
    """A heading, the description, and the columns."""
    columns = table.get("columns", [])
    typed = any("data_type" in column for column in columns)
    lines = [f"## {table['name']}", "", one_line(told(table["description"], blocks)).replace("<", "&lt;"), ""]
    lines += [f"| column |{' type |' if typed else ''} null | meaning |", f"|---|{'---|' if typed else ''}---|---|"]
    for column in columns:
        kind = f" {column.get('data_type', '')} |" if typed else ""
        null = "no" if never_null(column) else ""
        lines.append(f"| `{column['name']}` |{kind} {null} | {cell(told(column['description'], blocks))} |")
    return "\n".join(lines) + "\n"


def variables() -> str:
    """The vars of dbt_project.yml, with their comments."""
    text = (ROOT / "dbt_project.yml").read_text()
    lines: list[str] = []
    for line in text[text.index("\nvars:\n") : text.index("\nmodels:\n")].splitlines():
        if group := _VAR_GROUP.match(line):
            lines += ["", f"### {group[1].capitalize()}", "", "| var | default | meaning |", "|---|---|---|"]
        elif var := _VAR.match(line):
            lines.append(f"| `{var[1]}` | `{cell(var[2])}` | {cell(var[3])} |")
    return "\n".join(lines).strip() + "\n"


def metrics() -> str:
    """The metrics, and what each semantic model lets one group by."""
    lines = [MADE_BY, "# Metrics", "", "How to ask for them: [metrics](../metrics.md).", ""]
    lines += ["| metric | kind | meaning |", "|---|---|---|"]
    for metric in described("models", "metrics"):
        lines.append(f"| `{metric['name']}` | {metric['type']} | {cell(metric['description'])} |")
    lines += ["", "## What to group by", "", "| dimension | meaning |", "|---|---|"]
    for model in described("models", "semantic_models"):
        entity = model.get("primary_entity") or next(e["name"] for e in model["entities"] if e["type"] == "primary")
        lines += [f"| `{entity}__{dim['name']}` | {cell(dim['description'])} |" for dim in model["dimensions"]]
    lines += ["", "## Saved queries", "", "| saved query | meaning |", "|---|---|"]
    for query in described("models", "saved_queries"):
        lines.append(f"| `{query['name']}` | {cell(query['description'])} |")
    return "\n".join(lines) + "\n"


def index(blocks: dict[str, str]) -> str:
    """The first page: which tables there are, of what grain, and the vars."""
    lines = [
        MADE_BY,
        "# Contract",
        "",
        "Names, grains and columns that others may rely on, read from the project itself.",
    ]
    lines += ["", "## Tables", "", "| table | grain |", "|---|---|"]
    for page, _, folders in PAGES:
        for table in tables(folders):
            sentences = one_line(told(table["description"], blocks)).split(". ")
            lines.append(f"| [`{table['name']}`]({page}.md#{table['name']}) | {cell(sentences[-1])} |")
    lines += ["", "## Vars", "", "Every var has a default that works.", "", variables()]
    return "\n".join(lines)


def pages() -> dict[str, str]:
    """Path from the project's root -> text, of all pages."""
    blocks = doc_blocks()
    written = {f"{OUT}/contract.md": index(blocks), f"{OUT}/metrics.md": metrics()}
    for page, title, folders in PAGES:
        sections = [table_section(table, blocks) for table in tables(folders)]
        written[f"{OUT}/{page}.md"] = "\n".join([MADE_BY, f"# {title}", "", *sections])
    return written


if __name__ == "__main__":
    for path, text in pages().items():
        (ROOT / path).write_text(text)
