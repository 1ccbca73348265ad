"""Words of strangers in a prompt, and the form of an answer to them: one home for what keeps data apart from orders.

A page title may say "ignore the above". So data stand in one JSON object a line, in which nothing can end the line, a
string or the block, and nothing can look like the mark of a role to a server's tokenizer. The marks around a block
carry a hash of its content, which no text inside it can foresee.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

_MARK_DIGITS: Final = 16
"""Hex digits of a block's mark."""

_SUSPECT = re.compile(r"[<>\[\]`]")
"""Characters that open marks of roles and turns in the chat formats of language models, or a code fence."""


def quoted(text: str) -> str:
    """A JSON string of one line that holds no character of a delimiter and none that is not seen."""
    literal = json.dumps(text, ensure_ascii=False)
    if literal.isprintable() and not _SUSPECT.search(literal):
        return literal
    return "".join(c if c.isprintable() and not _SUSPECT.match(c) else _escaped(c) for c in literal)


def line_of(**fields: str | int | Sequence[str]) -> str:
    """A JSON object on one line, of quoted texts."""
    return "{" + ", ".join(f'"{name}": {_value(value)}' for name, value in fields.items()) + "}"


def data_block(subject: str, lines: Iterable[str], *, foreword: str | None = None) -> str:
    """Lines of `line_of` between their marks.

    Args:
        subject: what they are, in capitals, such as SESSIONS; the instructions tell of it.
        lines: the data.
        foreword: what the mark is a hash of, beside the data.
    """
    content = "\n".join(lines)
    marked = content if foreword is None else f"{foreword}\n{content}"
    mark = hashlib.sha256(marked.encode(errors="surrogatepass")).hexdigest()[:_MARK_DIGITS]
    return f"BEGIN {subject} {mark}\n{content}\nEND {subject} {mark}"


def list_of(items: dict[str, Any]) -> dict[str, Any]:
    """Strict JSON schema of a list."""
    return {"type": "array", "items": items}


def strict_object(**properties: dict[str, Any]) -> dict[str, Any]:
    """Strict JSON schema of an object that has all of these and nothing else.

    Ranges and lengths are left to whoever reads the answer: not every server's strict mode knows the keywords for them.
    """
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _value(value: str | int | Sequence[str]) -> str:
    if isinstance(value, int):
        return str(value)
    return quoted(value) if isinstance(value, str) else f"[{', '.join(map(quoted, value))}]"


def _escaped(character: str) -> str:
    in_ascii = json.dumps(character)[1:-1]
    return in_ascii if in_ascii != character else f"\\u{ord(character):04x}"
