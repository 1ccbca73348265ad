"""The exactness tests are tested: each classical mistake, planted in a copy of the project, is found."""

import re
import shutil
from pathlib import Path

import pytest
import schedules
from schedules import RULES
from test_exactness import VARS
from warehouse import ROOT, Warehouse, append_to_relation

from exactness import run

PARTS = ("dbt_project.yml", "profiles", "models", "python_models", "macros", "seeds", "analyses", "tests/generic")

# name -> file, what stands there (a regular expression), what stands there instead
MUTANTS = {
    "a watermark on event time": (
        "models/staging/stg_events.sql",
        "and is_to_read",
        "and arrivals.event_at >= (select max(known.event_at) from {{ this }} as known)",
    ),
    "rows deleted by the new session ids alone": (
        "macros/final_and_gone.sql",
        r"if is_incremental\(\) and not flags\.EMPTY",
        "if false",
    ),
    "no tie-break": (
        "macros/sessionize.sql",
        r"order by events\.event_at, events\.event_id",
        "order by events.event_at",
    ),
    "a gap of exactly the limit splits": (
        "macros/sessionize.sql",
        r"_seconds > idle_seconds",
        "_seconds >= idle_seconds",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_caught(name, tmp_path):
    file, pattern, mistake = MUTANTS[name]
    project = copy_of_the_project(tmp_path / "project")
    changed, count = re.subn(pattern, lambda _: mistake, (project / file).read_text())
    assert count, f"{file} reads otherwise now: mend the mutant"
    (project / file).write_text(changed)
    found = run(
        [*schedules.by_hand(), *schedules.drawn(60)],
        Warehouse(tmp_path, VARS, project),
        append_to_relation,
        RULES,
        full=False,
    )
    assert found.findings


def copy_of_the_project(folder: Path) -> Path:
    for part in PARTS:
        source, target = ROOT / part, folder / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy(source, target)
    return folder
