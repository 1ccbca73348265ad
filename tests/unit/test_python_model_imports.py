"""What Python models import is there on Snowflake, too."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_python_models_need_neither_duckdb_nor_a_command_line():
    models = (ROOT / "python_models").rglob("*.py")
    modules = {name for model in models for name in re.findall(r"from (clickintent[\w.]+) import", model.read_text())}
    blocked = (
        "import sys; sys.modules.update(dict.fromkeys(['duckdb', 'typer', 'dbt', 'openai', 'sentence_transformers']));"
    )
    told = subprocess.run(
        [sys.executable, "-c", f"{blocked} import {', '.join(sorted(modules))}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
