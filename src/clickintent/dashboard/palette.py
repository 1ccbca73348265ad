"""The colours of the dashboard: the one home of them, for light and dark.

Told apart by everybody: the series keep at least 17 units of CIELAB between any two, as seen with normal vision and
with protanopia, deuteranopia and tritanopia by the model of Machado, Oliveira and Fernandes (2009); Okabe and Ito's
set, from which they are derived, keeps 16. All have a contrast of 3 to 1 or more with the ground (WCAG 2.2, 1.4.11).
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one ground.

    Attributes:
        ground: what the page is drawn on.
        ink: text.
        muted: lesser text, and whatever stands back.
        faint: lines of a grid, bars behind bars.
        series: colours of up to seven things; the first is the main one.
        good: better than expected.
        bad: worse than expected.
        scale: from little to much.
    """

    ground: str
    ink: str
    muted: str
    faint: str
    series: tuple[str, ...]
    good: str
    bad: str
    scale: tuple[str, str]

    @property
    def main(self) -> str:
        """The colour of a chart that needs only one."""
        return self.series[0]

    def channel(self, name: str) -> str:
        """The colour of 'web' or 'app', the same on every page."""
        return {"web": self.series[0], "app": self.series[1]}.get(name, self.muted)


LIGHT: Final = Palette(
    ground="#FFFFFF",
    ink="#1B2530",
    muted="#667380",
    faint="#DDE3E9",
    series=("#0072B2", "#AD3E00", "#009C4C", "#9B5285", "#C68707", "#2E2E2E", "#3796FC"),
    good="#0072B2",
    bad="#AD3E00",
    scale=("#EDF3F8", "#0072B2"),
)
DARK: Final = Palette(
    ground="#0E1117",
    ink="#E8ECF1",
    muted="#98A4B1",
    faint="#2B3440",
    series=("#56B4E9", "#E8702A", "#30E669", "#B16A9E", "#F0E442", "#E6E9ED", "#4A78C8"),
    good="#56B4E9",
    bad="#E8702A",
    scale=("#18222D", "#56B4E9"),
)


def palette(theme: str | None) -> Palette:
    """The palette of a ground; the light one where it is not known.

    Args:
        theme: 'light', 'dark' or None.
    """
    return DARK if theme == "dark" else LIGHT
