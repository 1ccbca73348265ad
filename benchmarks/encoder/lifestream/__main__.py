"""Makes the environment of pytorch-lifestream, from pinned packages: `python -m benchmarks.encoder.lifestream`.

Needs Python 3.11 on the path, or in $CLICKINTENT_LIFESTREAM_PYTHON, and 1.5 GB.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.encoder.lifestream import environment_folder

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
# The pins are for this one
PYTHON_VERSION = "3.11"


def main() -> None:
    """Makes it, and imports from it what is needed."""
    if sys.version_info[:2] == tuple(int(part) for part in PYTHON_VERSION.split(".")):
        found: str | None = sys.executable
    else:
        found = shutil.which(f"python{PYTHON_VERSION}")
    base = os.environ.get("CLICKINTENT_LIFESTREAM_PYTHON", found)
    if base is None:
        sys.exit(f"It takes Python {PYTHON_VERSION}: name one in CLICKINTENT_LIFESTREAM_PYTHON.")
    folder = environment_folder()
    python = str(folder / "bin" / "python")
    # S603: fixed commands. --no-deps: the list is complete, and the library's own asks for more than these parts import
    subprocess.run([base, "-m", "venv", "--clear", str(folder)], check=True)  # noqa: S603
    subprocess.run([python, "-m", "pip", "install", "--no-deps", "-r", str(REQUIREMENTS)], check=True)  # noqa: S603
    subprocess.run([python, "-c", "import polars, ptls.frames.coles, ptls.nn"], check=True)  # noqa: S603
    print(f"pytorch-lifestream is installed in {folder}")


if __name__ == "__main__":
    main()
