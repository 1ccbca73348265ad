"""What the doctor says of one thing."""

from dataclasses import asdict, dataclass
from typing import Literal

Verdict = Literal["good", "warning", "bad"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: what.
        verdict: 'good'; 'warning', with which a build runs; 'bad', with which it does not.
        found: what there is.
        advice: what to do; empty where nothing is.
    """

    name: str
    verdict: Verdict
    found: str
    advice: str = ""

    def as_dict(self) -> dict[str, str]:
        """Its fields, for JSON."""
        return asdict(self)
