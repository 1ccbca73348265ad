"""Run every shell block of the README but the two make commands, in one shell, as a reader would."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Exit status of the blocks."""
    blocks = re.findall(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    chosen = [block for block in blocks if not block.startswith("make ")]
    if not chosen:
        sys.exit("README.md has no shell blocks beside make: mend this script.")
    script = "set -euxo pipefail\n" + "\n".join(chosen)
    return subprocess.run(["bash", "-c", script], cwd=ROOT, check=False).returncode  # noqa: S603, S607


if __name__ == "__main__":
    sys.exit(main())
