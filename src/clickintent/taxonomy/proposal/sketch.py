"""A taxonomy as it is being drafted, in texts that were cleaned as they came in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from clickintent.labeling.label_prompt import md5
from clickintent.labeling.narratives import NarrativeStep, read_steps
from clickintent.labeling.page_words import shorten
from clickintent.labeling.scrubber import scrub
from clickintent.taxonomy.reading import GROUP_LEVEL, LEAF_LEVEL, Intent

MAX_NAME: Final = 60
MAX_SENTENCE: Final = 240
MAX_KEYWORD: Final = 40
MAX_KEYWORDS: Final = 10
MAX_EXAMPLES: Final = 6
"""Pages kept as examples of a leaf, on each channel."""

_PLACEHOLDER = re.compile(r"<[a-z]+>")
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|net|org|io|co|info|biz|xyz|top|ru|cn)\b\S*", re.I)
_UNWANTED = re.compile(r"[^\w\s.,:'()/&%+\-\u2019\u2013]")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class SessionText:
    """A session as it may be sent: its narrative without what few people know, and its channel."""

    text: str
    channel: str

    @cached_property
    def narrative_hash(self) -> str:
        """md5 of the text, as `llm_calls` names it."""
        return md5(self.text)

    @cached_property
    def main_pages(self) -> tuple[str, ...]:
        """Words of its pages, those looked at longest first."""
        steps = [step for step in read_steps(self.text) if step.words]
        return tuple(dict.fromkeys(step.words for step in sorted(steps, key=_dwell, reverse=True)))


@dataclass(frozen=True)
class LeafSketch:
    """A leaf in the making.

    Attributes:
        examples: sessions that came for it.
        is_sendable: whether a model may be told its words; not where they are those of sessions that may not be sent.
    """

    name: str
    description: str
    group: str
    excludes: str = ""
    keywords: tuple[str, ...] = ()
    is_sensitive: bool = False
    examples: tuple[SessionText, ...] = ()
    is_sendable: bool = True

    @property
    def spoken(self) -> str:
        """What tells it from others: name and description."""
        return f"{self.name}. {self.description}"


@dataclass(frozen=True)
class Sketch:
    """Groups with their descriptions, and leaves that name them."""

    groups: dict[str, str]
    leaves: tuple[LeafSketch, ...]

    def intents(self) -> list[Intent]:
        """Groups that have leaves, and the leaves, under readable ids; `keep_ids` gives them those of before."""
        names = list(dict.fromkeys(leaf.group for leaf in self.leaves))
        group_ids = dict(zip(names, _slugs(names), strict=True))
        found = [
            Intent(group_ids[name], None, GROUP_LEVEL, name, self.groups.get(name) or f"Sessions about {name.lower()}.")
            for name in names
        ]
        for name in names:
            leaves = [leaf for leaf in self.leaves if leaf.group == name]
            for leaf, slug in zip(leaves, _slugs([leaf.name for leaf in leaves]), strict=True):
                found.append(_leaf(leaf, f"{group_ids[name]}.{slug}", group_ids[name]))
        return found


def clean(text: str, length: int) -> str:
    """A model's words fit for a table, a chart and the next prompt.

    Identifiers are scrubbed, addresses and marks of any kind go, one line remains, cut to a length.
    """
    plain = _ADDRESS.sub(" ", _PLACEHOLDER.sub(" ", scrub(text)))
    # what is not printable may end a line, hide words or turn their direction
    plain = "".join(c if c.isprintable() else " " for c in plain)
    return shorten(" ".join(_UNWANTED.sub(" ", plain).split()), length).strip(" .,:/-")


def clean_sentence(text: str) -> str:
    """A sentence, cleaned, with its full stop; empty for a text without words."""
    plain = clean(text, MAX_SENTENCE)
    return f"{plain[0].upper()}{plain[1:]}." if plain else ""


def clean_keywords(texts: Iterable[str]) -> tuple[str, ...]:
    """Keywords, each once, in lower case."""
    cleaned = (clean(text, MAX_KEYWORD).lower() for text in texts)
    return tuple(dict.fromkeys(filter(None, cleaned)))[:MAX_KEYWORDS]


def _leaf(leaf: LeafSketch, intent_id: str, group_id: str) -> Intent:
    return Intent(
        intent_id,
        group_id,
        LEAF_LEVEL,
        leaf.name,
        leaf.description,
        keywords=leaf.keywords,
        web_examples=_pages(leaf.examples, "web"),
        app_examples=_pages(leaf.examples, "app"),
        is_sensitive=leaf.is_sensitive,
        excludes=leaf.excludes,
    )


def _pages(examples: Sequence[SessionText], channel: str) -> tuple[str, ...]:
    """The page that each example session looked at longest, those of several sessions first."""
    pages = Counter(page for example in examples if example.channel == channel for page in example.main_pages[:1])
    cleaned = (clean(page, MAX_NAME) for page, _ in pages.most_common())
    return tuple(dict.fromkeys(filter(None, cleaned)))[:MAX_EXAMPLES]


def _slugs(names: Sequence[str]) -> list[str]:
    """An id for each name, none twice."""
    found: list[str] = []
    for name in names:
        slug = _NOT_SLUG.sub("_", name.lower()).strip("_") or "intent"
        number, unused = 2, slug
        while unused in found:
            unused, number = f"{slug}_{number}", number + 1
        found.append(unused)
    return found


def _dwell(step: NarrativeStep) -> float:
    return step.dwell_seconds or 0.0
