"""Settings of a proposal: `taxonomy` in the var `llm`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Final, Literal

from clickintent.llm import LlmSettings
from clickintent.taxonomy.rows import TaxonomyError

_STARTS: Final = ("sessions", "clusters")
_RANGES: Final[Mapping[str, tuple[int, int]]] = {
    "near": (1, 50),
    "far": (0, 50),
    "batch_sessions": (5, 500),
    "heldout_sessions": (0, 2_000),
    "max_output_tokens": (1_000, 100_000),
}


@dataclass(frozen=True, slots=True)
class ProposalSettings:
    """How a taxonomy is proposed.

    Attributes:
        start: 'sessions' generates from representatives; 'clusters' names and groups the draft of
            `taxonomy_source: clusters`, which takes far fewer calls and finds no leaf that is none of its clusters.
        near: sessions nearest to each cluster's centre that the model reads.
        far: sessions farthest from it, likewise.
        batch_sessions: most sessions of one call that generates or updates; fewer where the context is smaller.
        heldout_sessions: sessions that the taxonomy is judged on and not made from; 0 for none.
        max_output_tokens: longest answer of a call that writes the taxonomy; a whole one takes some 4,500 tokens.
    """

    start: Literal["sessions", "clusters"] = "sessions"
    near: int = 6
    far: int = 2
    batch_sessions: int = 50
    heldout_sessions: int = 100
    max_output_tokens: int = 8_192

    def __post_init__(self) -> None:
        if self.start not in _STARTS:
            raise TaxonomyError(f"llm.taxonomy.start is {self.start!r}: it has to be one of {', '.join(_STARTS)}.")
        for name, (least, greatest) in _RANGES.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= greatest:
                raise TaxonomyError(
                    f"llm.taxonomy.{name} is {value!r}: it has to be a whole number from {least} to {greatest}."
                )

    @classmethod
    def read(cls, llm: Mapping[str, object]) -> ProposalSettings:
        """Settings from the var `llm`.

        Raises:
            TaxonomyError: a name is unknown, or a value is of another type or out of range.
        """
        var = llm.get("taxonomy") or {}
        known = [field.name for field in fields(cls)]
        if not isinstance(var, Mapping):
            raise TaxonomyError(f"llm.taxonomy is {var!r}: it has to be settings by name, of {', '.join(known)}.")
        for name in var:
            if name not in known:
                raise TaxonomyError(f"llm.taxonomy.{name} is no setting: it knows {', '.join(known)}.")
        return cls(**var)

    def client_settings(self, settings: LlmSettings) -> LlmSettings:
        """Settings of the client for these calls: answers may be as long as a taxonomy."""
        return replace(settings, max_output_tokens=max(self.max_output_tokens, settings.max_output_tokens))
