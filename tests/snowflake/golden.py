"""What dbt-snowflake would send, kept to be read: `python tests/snowflake/golden.py` writes it.

`golden/first/` holds the statements of models and seeds in a first build, with their hooks; `golden/next/` those of a
later one where they are others; `golden/upgrade/` what the hooks of a run send where an earlier version built the
tables: otherwise they send nothing. `golden/tests/` has the queries of data tests, a file for each model or seed.
Nothing in them was run on a live account.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
FOLDER = HERE / "golden"
AS_OF = "2026-07-01 00:00:00"
"""The one moment that a statement may name: that of the var as_of in dry_run.py."""
MOMENT = re.compile(rf"(?!{AS_OF})20\d\d-\d\d-\d\d \d\d:\d\d:\d\d")
"""Of the run."""


def statements() -> dict[str, dict[str, list[str]]]:
    """What `dry_run` writes: build -> node -> its statements, by dbt in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "statements.json"
        told = subprocess.run(
            [sys.executable, str(HERE / "dry_run.py"), folder, str(file)], capture_output=True, text=True, check=False
        )
        if told.returncode:
            raise RuntimeError(f"dbt did not get through: {told.stdout[-3000:]}{told.stderr[-3000:]}")
        found: dict[str, dict[str, list[str]]] = json.loads(file.read_text())
        return found


def texts(found: dict[str, dict[str, list[str]]]) -> dict[Path, str]:
    """Files of the golden folder -> what they should hold."""
    return {
        FOLDER / build / f"{node}.sql": _text(said)
        for build, nodes in found.items()
        for node, said in nodes.items()
        if build != "next" or said != found["first"].get(node)
    }


def _text(said: list[str]) -> str:
    lines = (line.rstrip() for statement in said for line in f"{statement.rstrip(';')}\n;\n".splitlines())
    # Jinja leaves blank lines where a macro or a condition stood
    text = MOMENT.sub(AS_OF, re.sub(r"\n{3,}", "\n\n", "\n".join(lines)))
    return text + "\n"


def main() -> None:
    """Write the files anew."""
    files = texts(statements())
    for old in FOLDER.glob("*/*.sql"):
        old.unlink()
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


if __name__ == "__main__":
    main()
