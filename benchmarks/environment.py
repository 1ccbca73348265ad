"""The machine, the versions and the settings that figures were measured with."""

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.folders import ROOT

_PACKAGES = ("duckdb", "dbt-core", "dbt-duckdb", "torch", "numpy", "scikit-learn", "clickintent")


def _cpu_model() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*: (.+)$", cpuinfo.read_text(), re.MULTILINE) if cpuinfo.exists() else None
    return found.group(1) if found else platform.processor() or platform.machine()


def described_commit(checkout: Path = ROOT) -> str | None:
    """The commit of a checkout, and whether files of it differ; None where that cannot be told."""
    git = shutil.which("git")
    if git is None:
        return None
    # S603: a fixed command
    described = subprocess.run(  # noqa: S603
        [git, "describe", "--always", "--dirty"], cwd=checkout, capture_output=True, text=True, check=False
    )
    return described.stdout.strip() or None


def describe_environment(command: str, settings: Mapping[str, str]) -> dict[str, Any]:
    """As JSON, at this moment; the load average tells how quiet the machine was."""
    return {
        "measured_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "command": command,
        "commit": described_commit(),
        "machine": {
            "cpu": _cpu_model(),
            "cores": os.cpu_count(),
            "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
            "system": f"{platform.system()} {platform.machine()}",
            "load_average": round(os.getloadavg()[0], 2),
        },
        "versions": {"python": platform.python_version(), **{name: version(name) for name in _PACKAGES}},
        "settings": dict(settings),
    }
