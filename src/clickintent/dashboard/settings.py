"""How the build that is shown was set."""

from dataclasses import dataclass

from clickintent.dashboard.data import Query


@dataclass(frozen=True, slots=True)
class Settings:
    """The row of `dashboard_settings`.

    Attributes:
        min_cell_sessions: cells of fewer sessions, visitors or journeys are left out.
        has_encoder_drift: whether the project builds `encoder_drift`.
    """

    min_cell_sessions: int
    has_encoder_drift: bool


def read_settings(query: Query) -> Settings:
    """Read it."""
    row = query("select min_cell_sessions, has_encoder_drift from dashboard_settings").row(0)
    return Settings(*row)
