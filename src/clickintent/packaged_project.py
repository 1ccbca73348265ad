"""Where the dbt project of this package is: the root of a checkout, or a folder of an installed wheel."""

from pathlib import Path
from typing import Final

_IN_WHEEL: Final = Path(__file__).parent / "dbt_project"
_IN_CHECKOUT: Final = Path(__file__).parents[2]


class NoProjectError(FileNotFoundError):
    """The package was installed without its dbt project."""


def packaged_project() -> Path:
    """The folder with the `dbt_project.yml` that other projects name in their `packages.yml`.

    Raises:
        NoProjectError: this installation has none.
    """
    for folder in (_IN_CHECKOUT, _IN_WHEEL):
        if (folder / "dbt_project.yml").is_file() and (folder / "python_models").is_dir():
            return folder
    raise NoProjectError(
        f"There is no dbt project at {_IN_WHEEL}: install the wheel of clickintent anew, or work in a clone of it."
    )
