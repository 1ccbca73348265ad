"""What a language model answered, read and checked: nothing that it says is believed because of the schema.

Each session's answer stands alone: a bad one says why, and its neighbours keep theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from clickintent.labeling.session_label import ABSTAINED, MAX_INTENTS, NO_INTENT, SessionLabel

_SHOWN_CHARACTERS: Final = 60
"""Characters kept of a model's words where a reason quotes them."""


class AnswerError(ValueError):
    """An answer that cannot be used; the message says why."""


def read_answers(answer: Mapping[str, Any], count: int) -> list[list[Any]]:
    """What a response says of each of the sessions that it was asked for.

    Args:
        answer: the JSON object of the response.
        count: sessions in the request, numbered from 1.

    Returns:
        For each session its answers as they came: none where it was left out, several where it was answered more
        than once. Answers to other numbers belong to no session and are dropped.

    Raises:
        AnswerError: the object has not the form that was asked for.
    """
    sessions = answer.get("sessions")
    if not isinstance(sessions, list):
        raise AnswerError("the response has no list 'sessions'")
    said: list[list[Any]] = [[] for _ in range(count)]
    for session in sessions:
        number = session.get("number") if isinstance(session, dict) else None
        # a bool is an int in Python
        if type(number) is int and 1 <= number <= count:
            said[number - 1].append({name: value for name, value in session.items() if name != "number"})
    return said


def judge(said: Sequence[Any], leaf_ids: Collection[str]) -> SessionLabel:
    """The label that a session's answers make; 'invalid' with its reason where they make none.

    Args:
        said: what was said of the session, as `read_answers` gives it.
        leaf_ids: the leaves of the taxonomy.
    """
    try:
        return _label(said, leaf_ids)
    except AnswerError as error:
        return invalid(str(error))


def invalid(reason: str | None) -> SessionLabel:
    """The label of a session without an answer that can be used."""
    return SessionLabel("invalid", error=reason)


def _label(said: Sequence[Any], leaf_ids: Collection[str]) -> SessionLabel:
    if len(said) != 1:
        raise AnswerError(f"the session was answered {len(said)} times" if said else "the session was left out")
    answer = said[0]
    if not isinstance(answer, dict) or set(answer) != {"intents"} or not isinstance(answer["intents"], list):
        raise AnswerError("the answer is not a number with a list 'intents' and nothing else")
    intents = [_intent(intent, leaf_ids) for intent in answer["intents"]]
    named = [intent_id for intent_id, _ in intents]
    if not intents or named == [NO_INTENT]:
        return ABSTAINED
    if NO_INTENT in named:
        raise AnswerError(f"'{NO_INTENT}' stands beside other intents")
    if len(set(named)) < len(named):
        raise AnswerError("an intent is named twice")
    if len(intents) > MAX_INTENTS:
        raise AnswerError(f"{len(intents)} intents are named, more than {MAX_INTENTS}")
    return SessionLabel("ok", tuple(sorted(intents, key=lambda intent: -intent[1])))


def _intent(intent: Any, leaf_ids: Collection[str]) -> tuple[str, float]:  # noqa: ANN401 - a model may say anything
    if not isinstance(intent, dict) or set(intent) != {"intent_id", "confidence"}:
        raise AnswerError("an intent is not an intent_id with a confidence and nothing else")
    intent_id, confidence = intent["intent_id"], intent["confidence"]
    if not isinstance(intent_id, str) or (intent_id != NO_INTENT and intent_id not in leaf_ids):
        raise AnswerError(f"{_shown(intent_id)} is no intent of the taxonomy")
    if isinstance(confidence, bool) or not isinstance(confidence, int | float) or not _is_share(confidence, intent_id):
        raise AnswerError(f"the confidence of {intent_id} is {_shown(confidence)}: it lies above 0 and up to 1")
    return intent_id, float(confidence)


def _is_share(confidence: float, intent_id: str) -> bool:
    """Whether a confidence can stand; how sure a model is of no intent is not asked for, so 0 is good there."""
    return 0 < confidence <= 1 or (intent_id == NO_INTENT and confidence == 0)


def _shown(value: object) -> str:
    """A model's words, short and on one line."""
    text = ascii(value)
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 3] + "..."
