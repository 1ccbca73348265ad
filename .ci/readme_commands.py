"""Run every shell block of the README and of the first ten minutes but the make commands, as a reader would.

Each page is one shell, so that what a block exports holds for those after it, and one page knows nothing of the other.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("README.md", "docs/first-ten-minutes.md")


def blocks(page: str) -> list[str]:
    """The page's shell blocks, less those that CI runs as steps of their own."""
    found = re.findall(r"^```sh\n(.*?)^```", (ROOT / page).read_text(), re.MULTILINE | re.DOTALL)
    return [block for block in found if not block.startswith("make ")]


def main() -> int:
    """Exit status of the first page that fails, or 0."""
    for page in PAGES:
        chosen = blocks(page)
        if not chosen:
            sys.exit(f"{page} has no shell blocks beside make: mend this script.")
        script = "set -euxo pipefail\n" + "\n".join(chosen)
        status = subprocess.run(["bash", "-c", script], cwd=ROOT, check=False).returncode  # noqa: S603, S607
        if status:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
