"""Copies of a parsed project, for runs of dbt in this process that need not parse it again."""

import copy
from dataclasses import fields

from dbt.contracts.graph.manifest import Manifest


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
