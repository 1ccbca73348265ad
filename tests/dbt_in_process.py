"""dbt in this process: into which file, and from a project that is parsed once."""

import copy
import os
from contextlib import AbstractContextManager
from dataclasses import fields
from pathlib import Path
from unittest.mock import patch

from dbt.contracts.graph.manifest import Manifest


def builds_into(file: Path) -> AbstractContextManager[object]:
    """While it lasts, the profile names this file; afterwards the commands of other tests find what they did before."""
    return patch.dict(os.environ, {"CLICKINTENT_DUCKDB": str(file)})


def own_copy(manifest: Manifest | None) -> Manifest | None:
    """A manifest for one run: dbt marks it while it compiles.

    dbt-core 1.11 hands a copy its lookups in another order than the class has them, so that one is taken for another as
    soon as there are metrics. They are made anew when they are asked for.
    """
    copied = copy.deepcopy(manifest)
    if copied is not None:
        copied.fixtures = copy.deepcopy(manifest.fixtures)
        for attribute in fields(Manifest):
            if attribute.name.endswith("_lookup"):
                setattr(copied, attribute.name, None)
    return copied
