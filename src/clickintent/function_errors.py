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


def not_of_these(classifier: str, distilled_for: tuple[str, str], in_force: tuple[str, str | None]) -> str:
    """What is said of a classifier that cannot answer for what is in force.

    Args:
        classifier: its version.
        distilled_for: encoder and taxonomy that it was made for.
        in_force: those in force.
    """
    return (
        f"The intent classifier {classifier} was distilled for the encoder {distilled_for[0]} and the taxonomy "
        f"{distilled_for[1]}; in force are {in_force[0]} and {in_force[1]}: run `dbt build`."
    )
