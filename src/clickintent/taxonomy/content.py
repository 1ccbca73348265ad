"""A taxonomy as the table `taxonomy_versions` keeps it: JSON text, and a version that is a hash of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Final

from clickintent.taxonomy.reading import Intent, Taxonomy, make_taxonomy

VERSION_PREFIX: Final = "tax-"
_VERSION_DIGITS: Final = 12
_PHRASE_MARK: Final = "; "
_PHRASE_FIELDS: Final = ("keywords", "web_examples", "app_examples")


def versioned(intents: Iterable[Intent]) -> Taxonomy:
    """A checked taxonomy whose version is a hash of everything that labels can depend on.

    The same intents make the same version, in whatever order they come and however they were loaded.

    Raises:
        TaxonomyError: the intents make no taxonomy.
    """
    taxonomy = make_taxonomy(list(intents))
    digest = hashlib.sha256(intents_json(taxonomy).encode()).hexdigest()
    return Taxonomy(f"{VERSION_PREFIX}{digest[:_VERSION_DIGITS]}", taxonomy.groups, taxonomy.leaves)


def intents_json(taxonomy: Taxonomy) -> str:
    """The active intents as a JSON list, ordered by level and id, with phrases as one text each."""
    return json.dumps([_as_row(intent) for intent in taxonomy.intents], ensure_ascii=False)


def read_intents(version: str, text: str) -> Taxonomy:
    """The taxonomy that `intents_json` wrote.

    Raises:
        TaxonomyError: the intents make no taxonomy.
    """
    return make_taxonomy([_from_row(row) for row in json.loads(text)], version)


def _as_row(intent: Intent) -> dict[str, object]:
    row = asdict(intent)
    del row["status"]  # the version's
    return row | {field: _PHRASE_MARK.join(row[field]) for field in _PHRASE_FIELDS}


def _from_row(row: dict[str, object]) -> Intent:
    phrases = {field: tuple(filter(None, str(row[field]).split(_PHRASE_MARK))) for field in _PHRASE_FIELDS}
    return Intent(**{**row, **phrases})  # type: ignore[arg-type]
