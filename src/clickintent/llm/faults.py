"""What can go wrong with one attempt, told without a word of request or response."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

import openai

from clickintent.llm.limits import LONGEST_RETRY_AFTER_SECONDS, retry_after_seconds

_KNOWN_CODES: Final = frozenset(
    {
        "billing_hard_limit_reached",
        "content_filter",
        "context_length_exceeded",
        "insufficient_quota",
        "invalid_api_key",
        "model_not_found",
        "rate_limit_exceeded",
        "server_error",
        "string_above_max_length",
        "unsupported_parameter",
        "unsupported_value",
    }
)
"""Codes that may be told; any other one could be words of the request."""

_NO_CREDIT: Final = frozenset({"insufficient_quota", "billing_hard_limit_reached"})
_ABOUT_FORM: Final = frozenset({None, "unsupported_parameter", "unsupported_value"})
_TOO_LONG: Final = frozenset({"context_length_exceeded", "string_above_max_length"})
_TRANSIENT: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS})
_REFUSES_FORM: Final = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.NOT_IMPLEMENTED})
"""What servers say to a parameter that they do not know."""

_FINAL: Final[Mapping[int, str]] = {
    HTTPStatus.UNAUTHORIZED: "it does not accept the key in OPENAI_API_KEY",
    HTTPStatus.FORBIDDEN: "the key in OPENAI_API_KEY gives no right to this",
    HTTPStatus.NOT_FOUND: "it does not know llm.model, or llm.base_url is not its address",
}
"""What every call would meet."""


_NEVER_CONNECTED: Final = frozenset({"ConnectError", "ConnectTimeout"})
"""Errors of the library below the client library, whichever of its versions that is."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an attempt brought no answer.

    Attributes:
        error: a sentence fit for tables and logs.
        is_transient: whether the same request may well succeed later.
        is_final: whether every other request would fail too.
        may_have_cost: whether the server may have answered, and charged, all the same.
        never_connected: whether no byte of the request went out.
        retry_after: seconds that the server asks to wait.
        code: of the server, one of a few that are known.
        param: parameter that the server refuses; for `Dialect` alone, never told.
        message: words of the server; for `Dialect` alone, never told.
    """

    error: str
    is_transient: bool = False
    is_final: bool = False
    may_have_cost: bool = False
    never_connected: bool = False
    retry_after: float | None = None
    code: str | None = None
    param: str | None = None
    message: str = ""

    @property
    def is_about_form(self) -> bool:
        """Whether the server may take the request in another form."""
        return bool(self.message)

    @property
    def is_too_long(self) -> bool:
        """Whether the question does not fit the model's context."""
        return self.code in _TOO_LONG

    @property
    def is_filtered(self) -> bool:
        """Whether a filter of the server declined the question."""
        return self.code == "content_filter"


def fault_of(error: Exception, host: str, timeout_seconds: float) -> Fault:
    """What an exception of the client library means.

    Args:
        error: from an attempt.
        host: that was asked, by name.
        timeout_seconds: of the attempt.
    """
    if type(error.__cause__).__name__ in _NEVER_CONNECTED:
        return Fault(f"no connection to {host}: is llm.base_url right?", is_transient=True, never_connected=True)
    if isinstance(error, openai.APITimeoutError | TimeoutError):
        return Fault(f"{host} did not answer within {timeout_seconds:g} seconds", is_transient=True, may_have_cost=True)
    if isinstance(error, openai.APIStatusError):
        return _refusal(error, host)
    if isinstance(error, openai.APIConnectionError):
        return Fault(f"the connection to {host} failed", is_transient=True, may_have_cost=True)
    return Fault(f"{host} sent what is no chat completion", is_transient=True, may_have_cost=True)


def _refusal(error: openai.APIStatusError, host: str) -> Fault:
    status = error.status_code
    code = error.code if error.code in _KNOWN_CODES else None
    told = f"{host} answered with status {status}" + (f" ({code})" if code else "")
    if status in _FINAL or code in _NO_CREDIT:
        why = "the account has no credit left" if code in _NO_CREDIT else _FINAL[status]
        return Fault(f"{told}: {why}", is_final=True, code=code)
    if status in _TRANSIENT or (status >= HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.NOT_IMPLEMENTED):
        wait = retry_after_seconds(error.response.headers, datetime.now(UTC))
        if wait is not None and wait > LONGEST_RETRY_AFTER_SECONDS:
            return Fault(f"{told} and asks to wait {wait:.0f} seconds: build again later", code=code)
        return Fault(told, is_transient=True, retry_after=wait, code=code)
    is_about_form = status in _REFUSES_FORM and code in _ABOUT_FORM
    return Fault(told, code=code, param=error.param, message=_words_of(error.body) if is_about_form else "")


def _words_of(body: object) -> str:
    """What a server says, whatever it wraps it in."""
    if isinstance(body, Mapping):
        return str(body["message"]) if isinstance(body.get("message"), str) else json.dumps(body, default=str)
    return str(body or "refused")
