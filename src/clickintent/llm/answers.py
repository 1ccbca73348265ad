"""From a completion to an outcome: which answers count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from openai.types import CompletionUsage
from openai.types.chat import ChatCompletion, ChatCompletionMessage
from openai.types.chat.chat_completion import Choice

from clickintent.llm.chat import ChatStatus
from clickintent.llm.outcomes import Reading, count_of, read_object
from clickintent.llm.prices import is_model
from clickintent.llm.settings import LlmSettings

_LONGEST_MODEL_NAME: Final = 100


def read_completion(completion: ChatCompletion, settings: LlmSettings) -> Reading:
    """Read a completion.

    Args:
        completion: as the client library took it from the server, unchecked.
        settings: what was asked for.

    Raises:
        ValueError: it is no completion.
    """
    choices = getattr(completion, "choices", None)
    choice = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(choice, Choice) or not isinstance(choice.message, ChatCompletionMessage):
        raise ValueError("no chat completion")
    content = choice.message.content
    # half of a surrogate pair fits no table
    text = content.encode(errors="replace").decode() if isinstance(content, str) else None
    answer = None if text is None else read_object(text)
    answered_by = _printable(completion.model)
    status, error = _judge(choice.finish_reason, choice.message.refusal, answered_by, answer, settings)
    usage = completion.usage if isinstance(completion.usage, CompletionUsage) else None
    return Reading(
        status=status,
        text=text,
        answer=answer if status == "ok" else None,
        error=error,
        prompt_tokens=count_of(usage and usage.prompt_tokens),
        completion_tokens=count_of(usage and usage.completion_tokens),
        answered_by=answered_by,
    )


def _judge(
    finish_reason: str | None,
    refusal: str | None,
    answered_by: str | None,
    answer: Mapping[str, Any] | None,
    settings: LlmSettings,
) -> tuple[ChatStatus, str | None]:
    asked = settings.answers_as or settings.model
    if answered_by is not None and not is_model(answered_by, asked):
        return "wrong_model", f"another model than {asked} answered (column answered_by)"
    if refusal:
        return "refused", "the model declined to answer"
    if finish_reason == "content_filter":
        return "refused", "a filter of the server stopped the answer"
    if finish_reason == "length":
        return "truncated", f"the answer is longer than llm.max_output_tokens ({settings.max_output_tokens})"
    if answer is None:
        return "invalid", "the answer is not a JSON object"
    return "ok", None


def _printable(name: object) -> str | None:
    """A server's name for a model, short and on one line; None where it gives none."""
    if not isinstance(name, str) or not name.strip():
        return None
    return "".join(c for c in name if c.isprintable())[:_LONGEST_MODEL_NAME]
