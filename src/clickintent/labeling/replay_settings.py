"""What the var `llm` says to the replay labeler."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

from clickintent.labeling.errors import LabelerError

Missing = Literal["error", "abstain"]


@dataclass(frozen=True, slots=True)
class ReplaySettings:
    """Where the replay labeler reads.

    Attributes:
        path: the Parquet file that `clickintent labels record` wrote; None where there is none.
        missing: what becomes of a session that the file does not answer.
    """

    path: str | None = None
    missing: Missing = "error"

    @classmethod
    def read(cls, var: Mapping[str, object]) -> ReplaySettings:
        """Settings from the var `llm`, of which the client reads the rest.

        Raises:
            LabelerError: a setting is of another kind.
        """
        path, missing = var.get("replay"), var.get("replay_missing", "error")
        if path is not None and not isinstance(path, str):
            raise LabelerError(f"llm.replay is {path!r}: it has to be the path of a recorded Parquet file.")
        if missing not in get_args(Missing):
            known = ", ".join(get_args(Missing))
            raise LabelerError(f"llm.replay_missing is {missing!r}: it has to be one of {known}.")
        return cls(path, cast(Missing, missing))
