"""dbt as its command line runs it, but from a project that another run has parsed with the same vars.

`python dbt_without_parsing.py PARTIAL_PARSE.msgpack build --select ...`: to parse is most of what a short run does.
"""

import sys
from pathlib import Path

from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest


def main(parsed: str, *arguments: str) -> int:
    """dbt's exit status where nodes were run."""
    manifest = Manifest.from_msgpack(Path(parsed).read_bytes())
    manifest.build_flat_graph()
    done = dbtRunner(manifest=manifest).invoke([*arguments])
    if done.exception:
        raise done.exception
    return 0 if done.success else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
