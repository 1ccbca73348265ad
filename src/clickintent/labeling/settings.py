"""What the var `llm` says of labeling: settings of the client, and of the replay labeler."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

from clickintent.labeling.errors import LabelerError
from clickintent.llm import LlmSettings

Missing = Literal["error", "abstain"]


@dataclass(frozen=True, slots=True)
class ReplaySettings:
    """Where the replay labeler reads.

    Attributes:
        path: the Parquet file that `clickintent labels record` wrote; None where there is none.
        missing: what becomes of a session that the file does not answer: 'error' or 'abstain'.
    """

    path: str | None = None
    missing: Missing = "error"


def read_llm_var(var: Mapping[str, object]) -> tuple[LlmSettings, ReplaySettings]:
    """Settings from the var `llm`.

    Raises:
        LabelerError: a setting of the replay labeler is of another kind.
        LlmSettingsError: a setting of the client is.
    """
    rest = dict(var)
    path, missing = rest.pop("replay", None), rest.pop("replay_missing", "error")
    if path is not None and not isinstance(path, str):
        raise LabelerError(f"llm.replay is {path!r}: it has to be the path of a recorded Parquet file.")
    if missing not in get_args(Missing):
        raise LabelerError(f"llm.replay_missing is {missing!r}: it has to be one of {', '.join(get_args(Missing))}.")
    return LlmSettings.read(rest), ReplaySettings(path, cast(Missing, missing))
