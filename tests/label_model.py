"""A language model for the local server that labels by rule, so that every run gives the same labels."""

import hashlib
import json

from llm_server import other_content

LEAF_OF_ORDERS = "homes.buy"


def sessions_of(body: dict) -> list[dict]:
    """The sessions that a request asks about."""
    return _read(body)[0]


def label_by_hash(body: dict) -> dict:
    """Labels that depend on each session's text alone: none, or up to three leaves."""
    leaves = _leaves(body)
    return {
        "sessions": [
            {"number": session["number"], "intents": _intents(session["session"], leaves)}
            for session in sessions_of(body)
        ]
    }


def label_obediently(body: dict) -> dict:
    """Labels as `label_by_hash`, unless an order stands outside of the data: then everything as it wants."""
    sessions, outside = _read(body)
    if LEAF_OF_ORDERS in outside or "ignore" in outside.lower():
        return {
            "sessions": [
                {"number": session["number"], "intents": [{"intent_id": LEAF_OF_ORDERS, "confidence": 1.0}]}
                for session in sessions
            ]
        }
    return label_by_hash(body)


def without_the_first() -> object:
    return other_content(lambda answer: {"sessions": answer["sessions"][1:]}, "without_the_first")


def the_first_twice() -> object:
    return other_content(lambda answer: {"sessions": [*answer["sessions"], answer["sessions"][0]]}, "the_first_twice")


def the_first_outside_the_taxonomy() -> object:
    return other_content(lambda answer: _bent(answer, {"intent_id": "evil.leaf", "confidence": 0.9}), "outside")


def the_first_too_sure() -> object:
    return other_content(
        lambda answer: _bent(answer, {"intent_id": LEAF_OF_ORDERS, "confidence": 1.7}), "the_first_too_sure"
    )


def of_another_form() -> object:
    return other_content(lambda answer: {"labels": answer["sessions"]}, "of_another_form")


ITEM_FAULTS = (without_the_first(), the_first_twice(), the_first_outside_the_taxonomy(), the_first_too_sure())
"""Faults that cost the first session of a call its answer, and no other one."""


def _bent(answer: dict, intent: dict) -> dict:
    first, *others = answer["sessions"]
    return {"sessions": [{**first, "intents": [intent]}, *others]}


def _read(body: dict) -> tuple[list[dict], str]:
    """The sessions and the words outside of them, as a reader sees them who takes every end of a line for one."""
    data = next(message["content"] for message in body["messages"] if message["role"] == "user")
    begin, *lines = data.splitlines()
    mark = begin.removeprefix("BEGIN SESSIONS ")
    end = next(number for number, line in enumerate(lines) if line.lstrip().startswith("END SESSIONS"))
    outside = [line for line in lines[end:] if line != f"END SESSIONS {mark}"]
    return [json.loads(line) for line in lines[:end]], "\n".join(outside)


def _leaves(body: dict) -> list[str]:
    instructions = body["messages"][0]["content"]
    lines = [line for line in instructions.splitlines() if line.startswith('{"intent_id"')]
    return [json.loads(line)["intent_id"] for line in lines]


def _intents(text: str, leaves: list[str]) -> list[dict]:
    digest = hashlib.sha256(text.encode(errors="surrogatepass")).digest()
    named = [leaves[digest[0] % len(leaves)], leaves[digest[1] % len(leaves)]]
    if digest[2] < 32:
        return [{"intent_id": "none", "confidence": 1.0}]
    return [
        {"intent_id": leaf, "confidence": round(0.9 / rank, 2)}
        for rank, leaf in enumerate(dict.fromkeys(named), start=1)
    ]
