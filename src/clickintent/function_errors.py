"""Why a SQL function cannot answer: the same words on every warehouse."""

from collections.abc import Sequence

from clickintent.sequence_inputs import EMBEDDING_DIM


class NoModelError(LookupError):
    """There is no version in force that could answer; the message says what to do."""


def no_such_channel(channel: str, known: Sequence[str]) -> ValueError:
    """What `clickintent_intent` says of a channel that is none of those it knows."""
    return ValueError(
        f"clickintent_intent knows the channels {', '.join(known)}, and null for one that is not known; "
        f"{channel!r} is none of them."
    )


def no_such_embedding(given: str) -> ValueError:
    """What `clickintent_intent` says of a value that is no embedding.

    Args:
        given: what it is.
    """
    return ValueError(f"clickintent_intent reads embeddings of {EMBEDDING_DIM} numbers: {given} is none.")
