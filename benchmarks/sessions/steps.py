"""SQL files made of named steps: `-- step: name` begins one, `$name` in it is a parameter."""

import re
from dataclasses import dataclass
from pathlib import Path
from string import Template

FOLDER = Path(__file__).with_name("sql")
_STEP = re.compile(r"^-- step: (\w+)$", re.MULTILINE)


@dataclass(frozen=True)
class Step:
    """One named piece of SQL: a statement or several."""

    name: str
    sql: str


def split_steps(text: str) -> list[Step]:
    """Steps of a file, in order; what stands before the first is its introduction and is left out.

    Raises:
        ValueError: The text has no step, or two of one name.
    """
    parts = _STEP.split(text)[1:]
    steps = [Step(name, sql.strip()) for name, sql in zip(parts[::2], parts[1::2], strict=True)]
    if not steps or len({step.name for step in steps}) < len(steps):
        raise ValueError("A step file needs steps with names of their own: `-- step: name`.")
    return steps


def read_steps(file: str, **parameters: object) -> list[Step]:
    """Steps of `sql/<file>.sql` with their parameters put in.

    Raises:
        KeyError: A parameter of the file is missing.
    """
    steps = split_steps((FOLDER / f"{file}.sql").read_text())
    return [Step(step.name, Template(step.sql).substitute(parameters)) for step in steps]
