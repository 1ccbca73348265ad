"""Where benchmarks find the project, and where they keep what they make."""

import os
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROFILES = ROOT / "profiles"
RESULTS = ROOT / "benchmarks" / "results"


def bench_folder() -> Path:
    """Where event files are kept between runs: $CLICKINTENT_BENCH_DIR, else the system's temporary folder."""
    return Path(os.environ.get("CLICKINTENT_BENCH_DIR", Path(tempfile.gettempdir()) / "clickintent-bench"))
