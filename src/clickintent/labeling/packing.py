"""Several sessions to a call: as many as the model's context and its longest answer hold.

Every call pays for the instructions and the taxonomy, some thousands of tokens; a session takes a hundred or two. So
calls are filled, up to a limit of their own: the longer a list, the likelier an answer is put under a wrong number,
and the more there is to ask again when one fails.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from clickintent.labeling.label_prompt import SCHEMA_NAME, LabelItem, LabelPrompt, item_line
from clickintent.labeling.session_label import MAX_INTENTS
from clickintent.llm import ChatRequest, LlmSettings, LlmSettingsError, estimate_tokens

LABEL_PURPOSE: Final = "label"

MAX_ITEMS: Final = 20
"""Sessions in one call at most."""

USUAL_INTENTS: Final = 1.5
"""Intents that an answer names of a session on average, for estimates; packing counts with the most."""


class LabelCalls:
    """Writes the calls that ask for items, each within the limits of the model.

    Args:
        prompt: writes the messages.
        leaf_ids: of the taxonomy.
        settings: `context_tokens` and `max_output_tokens`.

    Raises:
        LlmSettingsError: instructions and taxonomy alone leave no room for a session.
    """

    def __init__(self, prompt: LabelPrompt, leaf_ids: Sequence[str], settings: LlmSettings) -> None:
        self._prompt = prompt
        self._schema = prompt.schema()
        self._leaf_ids = leaf_ids
        self.prompt_tokens = self.request(()).estimated_tokens
        self._room = settings.context_tokens - settings.max_output_tokens - self.prompt_tokens
        longest = max(leaf_ids, key=len)
        self._answer_limit = (settings.max_output_tokens - self._answer_tokens(())) // self._answer_tokens(
            [longest] * MAX_INTENTS
        )
        if self._room <= 0 or self._answer_limit < 1:
            raise LlmSettingsError(
                f"The labeling prompt takes about {self.prompt_tokens} tokens: llm.context_tokens "
                f"({settings.context_tokens}) less llm.max_output_tokens ({settings.max_output_tokens}) has to hold it "
                "and a session, and llm.max_output_tokens an answer."
            )

    def request(self, items: Sequence[LabelItem]) -> ChatRequest:
        """The request for items, which are its payload."""
        return ChatRequest(LABEL_PURPOSE, self._prompt.messages(items), SCHEMA_NAME, self._schema, tuple(items))

    def fits(self, item: LabelItem) -> bool:
        """Whether an item can be asked about at all."""
        return _item_tokens(item) <= self._room

    def pack(self, items: Iterable[LabelItem]) -> Iterator[ChatRequest]:
        """The requests for items that fit, in their order."""
        batch: list[LabelItem] = []
        used = 0
        for item in items:
            tokens = _item_tokens(item)
            if batch and (used + tokens > self._room or len(batch) >= min(MAX_ITEMS, self._answer_limit)):
                yield self.request(batch)
                batch, used = [], 0
            batch.append(item)
            used += tokens
        if batch:
            yield self.request(batch)

    def usual_answer_tokens(self, count: int) -> int:
        """About how many tokens the answers for `count` items take together."""
        usual = sorted(self._leaf_ids, key=len)[len(self._leaf_ids) // 2]
        bare, one = self._answer_tokens([]), self._answer_tokens([usual])
        return round(count * (bare + USUAL_INTENTS * (one - bare)))

    @staticmethod
    def _answer_tokens(intent_ids: Sequence[str]) -> int:
        intents = [{"intent_id": intent_id, "confidence": 0.85} for intent_id in intent_ids]
        return estimate_tokens(json.dumps({"number": 10, "intents": intents}))


def _item_tokens(item: LabelItem) -> int:
    # as it counts in the request, whose text is JSON: quotes and line ends are escaped once more
    return estimate_tokens(json.dumps(item_line(MAX_ITEMS, item) + "\n", ensure_ascii=False))
