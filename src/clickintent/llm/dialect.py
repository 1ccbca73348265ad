"""What one server understands, learnt from what it refuses and remembered for as long as the client lives."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from clickintent.llm.chat import ChatRequest
from clickintent.llm.settings import LlmSettings

_log = logging.getLogger(__name__)

_FORMATS: Final = ("json_schema", "json_object", "text")
"""Ways to ask for JSON, the strictest first."""

_LIMITS: Final = ("max_tokens", "max_completion_tokens", None)
"""Names of the limit on an answer: of most servers, of reasoning models, of none."""

_OPTIONAL: Final = ("temperature", "seed")
"""Parameters that a request can do without."""

_FORMAT_WORDS = re.compile(r"response_format|json_schema|json_object|structured.?output|guided_json", re.I)


@dataclass(frozen=True, slots=True)
class _Form:
    """Places in `_FORMATS` and `_LIMITS`, and parameters that are left out."""

    format: int = 0
    limit: int = 0
    dropped: frozenset[str] = frozenset()


@dataclass
class Dialect:
    """The form that requests take.

    A server may refuse a request for what it says and name parameters while it does: what is given up for a request
    that fails all the same is taken back, unless another one has succeeded in that form.

    Attributes:
        revision: how often the form has changed; requests in flight at a change are told apart by it.
    """

    revision: int = 0
    _form: _Form = field(default_factory=_Form)
    _proven: _Form = field(default_factory=_Form)

    def body(self, request: ChatRequest, settings: LlmSettings) -> dict[str, Any]:
        """The request as keywords of `chat.completions.create`."""
        kind = _FORMATS[self._form.format]
        messages = [dict(message) for message in request.messages]
        body: dict[str, Any] = {"model": settings.model, "messages": messages}
        if kind == "json_schema":
            schema = {"name": request.schema_name, "strict": True, "schema": request.schema}
            body["response_format"] = {"type": kind, "json_schema": schema}
        else:
            # beside the instructions, ahead of everything that visitors wrote
            messages.insert(1, {"role": "system", "content": _schema_in_words(request.schema)})
        if kind == "json_object":
            body["response_format"] = {"type": kind}
        for name in _OPTIONAL:
            if name not in self._form.dropped:
                body[name] = getattr(settings, name)
        if limit := _LIMITS[self._form.limit]:
            body[limit] = settings.max_output_tokens
        return body

    def adapt(self, param: str | None, message: str, seen: int) -> bool:
        """Give up what a server refuses.

        Args:
            param: name of the parameter that it refused; where it names none, its words are searched for one.
            message: its words.
            seen: `revision` when the refused request was written.

        Returns:
            Whether the request is worth sending again: something was given up, or the form had changed since.
        """
        if seen != self.revision:
            return True
        refused = param or message
        limit = _LIMITS[self._form.limit]
        if _FORMAT_WORDS.search(refused) and self._form.format + 1 < len(_FORMATS):
            given_up, instead = _FORMATS[self._form.format : self._form.format + 2]
            changed = replace(self._form, format=self._form.format + 1)
        elif limit and re.search(rf"\b{limit}\b", refused):
            given_up, instead = limit, _LIMITS[self._form.limit + 1] or "no limit"
            changed = replace(self._form, limit=self._form.limit + 1)
        else:
            named = [n for n in _OPTIONAL if n not in self._form.dropped and re.search(rf"\b{n}\b", refused)]
            if not named:
                return False
            given_up, instead = named[0], "its own default"
            changed = replace(self._form, dropped=self._form.dropped | {named[0]})
        _log.warning("The LLM server refuses %s: the run goes on with %s.", given_up, instead)
        self._change(changed)
        return True

    def succeeded(self, seen: int) -> None:
        """A request of that revision was answered: its form is right."""
        if seen == self.revision:
            self._proven = self._form

    def failed(self) -> None:
        """A request was refused in every form: what was given up for it alone is taken back."""
        if self._form != self._proven:
            self._change(self._proven)

    def _change(self, form: _Form) -> None:
        self._form = form
        self.revision += 1


def _schema_in_words(schema: Mapping[str, Any]) -> str:
    written = json.dumps(schema, sort_keys=True, ensure_ascii=False)
    return f"Answer with one JSON object and nothing else. It has to fit this JSON schema:\n{written}"
